package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.decode.Operand;

/** Moves between XMM, MMX and general registers and memory. */
final class SseMoves {
  private SseMoves() {}

  static void bind(Handlers h) {
    for (String whole :
        new String[] {
          "MOVDQA",
          "MOVDQU",
          "MOVUPS",
          "MOVUPD",
          "MOVAPS",
          "MOVAPD",
          "MOVNTPS",
          "MOVNTPD",
          "MOVNTDQ",
          "LDDQU",
          "MOVNTDQA"
        }) {
      h.bindEach(whole, SseMoves::whole);
    }
    h.bindEach("MOVD", SseMoves::movd);
    h.bindEach("MOVD.store", SseMoves::movdStore);
    h.bindEach("MOVQ.mmx", SseMoves::movqMmx);
    h.bind("MOVNTQ", (c, i) -> storeMmx(c, i));
    h.bind("MOVQ", (c, i) -> setWhole(c, i, 8));
    h.bind("MOVQ.store", SseMoves::movqStore);
    h.bind("MOVSS", (c, i) -> scalar(c, i, 4));
    h.bind("MOVSD", (c, i) -> scalar(c, i, 8));
    h.bind("MOVSS.store", (c, i) -> scalarStore(c, i, 4));
    h.bind("MOVSD.store", (c, i) -> scalarStore(c, i, 8));
    h.bind("MOVLPS", (c, i) -> setHalf(c, i, 0));
    h.bind("MOVLPD", (c, i) -> setHalf(c, i, 0));
    h.bind("MOVHPS", (c, i) -> setHalf(c, i, 1));
    h.bind("MOVHPD", (c, i) -> setHalf(c, i, 1));
    h.bind("MOVLPS.store", (c, i) -> storeHalf(c, i, 0));
    h.bind("MOVHPS.store", (c, i) -> storeHalf(c, i, 1));
    h.bind("MOVHLPS", (c, i) -> betweenHalves(c, i, 1, 0));
    h.bind("MOVLHPS", (c, i) -> betweenHalves(c, i, 0, 1));
    h.bind("MOVDDUP", SseMoves::movddup);
    h.bind("MOVDQ2Q", SseMoves::movdq2q);
    h.bind("MOVQ2DQ", SseMoves::movq2dq);
    h.bind("MASKMOVDQU", SseMoves::maskmovdqu);
    h.bind("MASKMOVQ", SseMoves::maskmovq);
  }

  private static Handler whole(Definition row) {
    if (row.operands().get(0).kind() == Operand.Kind.V) {
      return (c, i) -> {
        FpuState.requireSse(c);
        Packed.read128(c, i, c.vectorB);
        c.xmm[2 * i.reg] = c.vectorB.low;
        c.xmm[2 * i.reg + 1] = c.vectorB.high;
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      long low = c.xmm[2 * i.reg];
      long high = c.xmm[2 * i.reg + 1];
      if (i.rm >= 0) {
        c.xmm[2 * i.rm] = low;
        c.xmm[2 * i.rm + 1] = high;
      } else {
        Packed.write128(c, Packed.address128(c, i, true), low, high);
      }
    };
  }

  private static Handler movd(Definition row) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        Packed.setMmx(c, i.reg, c.src(i));
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      c.xmm[2 * i.reg] = c.src(i);
      c.xmm[2 * i.reg + 1] = 0;
    };
  }

  private static Handler movdStore(Definition row) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        c.setDst(i, c.fpu.mmx(i.reg & 7));
        c.fpu.enterMmx();
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      c.setDst(i, c.xmm[2 * i.reg]);
    };
  }

  private static Handler movqMmx(Definition row) {
    if (row.operands().get(0).kind() == Operand.Kind.P) {
      return (c, i) -> {
        Packed.requireMmx(c);
        Packed.setMmx(c, i.reg, Packed.mmxSource(c, i));
      };
    }
    return SseMoves::storeMmx;
  }

  private static void storeMmx(Cpu c, Insn i) {
    Packed.requireMmx(c);
    long value = c.fpu.mmx(i.reg & 7);
    if (i.rm >= 0) {
      Packed.setMmx(c, i.rm, value);
    } else {
      c.store(i, 8, value);
      c.fpu.enterMmx();
    }
  }

  private static void setWhole(Cpu c, Insn i, int size) {
    FpuState.requireSse(c);
    c.xmm[2 * i.reg] = Packed.scalar(c, i, size);
    c.xmm[2 * i.reg + 1] = 0;
  }

  private static void movqStore(Cpu c, Insn i) {
    FpuState.requireSse(c);
    if (i.rm >= 0) {
      c.xmm[2 * i.rm] = c.xmm[2 * i.reg];
      c.xmm[2 * i.rm + 1] = 0;
    } else {
      c.store(i, 8, c.xmm[2 * i.reg]);
    }
  }

  /** From memory the rest of the register is cleared, from a register it stays. */
  private static void scalar(Cpu c, Insn i, int size) {
    FpuState.requireSse(c);
    long value = Packed.scalar(c, i, size);
    if (i.rm < 0) {
      c.xmm[2 * i.reg] = value;
      c.xmm[2 * i.reg + 1] = 0;
    } else {
      setScalar(c, i.reg, size, value);
    }
  }

  /** Writes the low 4 or 8 bytes of a register. */
  static void setScalar(Cpu c, int register, int size, long value) {
    c.xmm[2 * register] =
        size == 8 ? value : (c.xmm[2 * register] & ~0xffffffffL) | (value & 0xffffffffL);
  }

  private static void scalarStore(Cpu c, Insn i, int size) {
    FpuState.requireSse(c);
    long value = c.xmm[2 * i.reg];
    if (i.rm >= 0) {
      setScalar(c, i.rm, size, value);
    } else {
      c.store(i, size, value);
    }
  }

  private static void setHalf(Cpu c, Insn i, int half) {
    FpuState.requireSse(c);
    c.xmm[2 * i.reg + half] = c.load(i, 8);
  }

  private static void storeHalf(Cpu c, Insn i, int half) {
    FpuState.requireSse(c);
    c.store(i, 8, c.xmm[2 * i.reg + half]);
  }

  private static void betweenHalves(Cpu c, Insn i, int from, int to) {
    FpuState.requireSse(c);
    c.xmm[2 * i.reg + to] = c.xmm[2 * i.rm + from];
  }

  private static void movddup(Cpu c, Insn i) {
    FpuState.requireSse(c);
    long value = Packed.scalar(c, i, 8);
    c.xmm[2 * i.reg] = value;
    c.xmm[2 * i.reg + 1] = value;
  }

  private static void movdq2q(Cpu c, Insn i) {
    FpuState.requireSse(c);
    Packed.requireMmx(c);
    Packed.setMmx(c, i.reg, c.xmm[2 * i.rm]);
  }

  private static void movq2dq(Cpu c, Insn i) {
    FpuState.requireSse(c);
    Packed.requireMmx(c);
    c.xmm[2 * i.reg] = c.fpu.mmx(i.rm & 7);
    c.xmm[2 * i.reg + 1] = 0;
    c.fpu.enterMmx();
  }

  private static void maskmovdqu(Cpu c, Insn i) {
    FpuState.requireSse(c);
    storeMasked(c, i, c.xmm[2 * i.reg], c.xmm[2 * i.rm], 0);
    storeMasked(c, i, c.xmm[2 * i.reg + 1], c.xmm[2 * i.rm + 1], 8);
  }

  private static void maskmovq(Cpu c, Insn i) {
    Packed.requireMmx(c);
    storeMasked(c, i, c.fpu.mmx(i.reg & 7), c.fpu.mmx(i.rm & 7), 0);
    c.fpu.enterMmx();
  }

  private static void storeMasked(Cpu c, Insn i, long value, long mask, int from) {
    for (int k = 0; k < 8; k++) {
      if ((mask >>> (8 * k + 7) & 1) != 0) {
        long offset = c.r[Cpu.RDI] + from + k & i.addressMask;
        c.mmu.store8(c.linear(i.segment, offset, 1, true), value >>> (8 * k));
      }
    }
  }
}
