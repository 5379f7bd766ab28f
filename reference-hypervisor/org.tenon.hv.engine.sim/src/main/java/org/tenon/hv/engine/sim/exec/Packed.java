package org.tenon.hv.engine.sim.exec;

import java.util.function.LongBinaryOperator;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.simd.Vector;

/** Operand access of MMX and SSE instructions, and handlers made from plain operations. */
final class Packed {
  private Packed() {}

  /** Changes the first operand by the second and the immediate. */
  @FunctionalInterface
  interface VectorOperation {
    void apply(Vector d, Vector s, int immediate);
  }

  /** The source operand's memory address, checked for alignment. */
  static long address128(Cpu c, Insn i, boolean write) {
    long at = c.linear(i, 16, write);
    if (i.aligned && (at & 15) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    return at;
  }

  /** Reads a 128-bit register or memory operand. */
  static void read128(Cpu c, Insn i, Vector into) {
    if (i.rm >= 0) {
      into.set(c.xmm[2 * i.rm], c.xmm[2 * i.rm + 1]);
    } else {
      long at = address128(c, i, false);
      long low = c.mmu.load64(at);
      into.set(low, c.mmu.load64(c.wrapLinear(at + 8)));
    }
    into.bits = 128;
  }

  /** Writes 128 bits to memory; all or nothing. */
  static void write128(Cpu c, long at, long low, long high) {
    if ((at & 4095) > 4080) {
      c.mmu.checkWrite(at, 16);
    }
    c.mmu.store64(at, low);
    c.mmu.store64(c.wrapLinear(at + 8), high);
  }

  /** The low 64 bits (or 32) of an XMM register, or memory of that size. */
  static long scalar(Cpu c, Insn i, int size) {
    if (i.rm >= 0) {
      long low = c.xmm[2 * i.rm];
      return size == 4 ? low & 0xffffffffL : size == 2 ? low & 0xffffL : low;
    }
    return c.load(i, size);
  }

  /** What every MMX instruction checks before it does anything. */
  static void requireMmx(Cpu c) {
    if ((c.cr0 & Cpu.CR0_EM) != 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    FpuState.requireX87(c);
    FpuState.checkPending(c);
  }

  /** An MMX register or 64-bit memory operand. */
  static long mmxSource(Cpu c, Insn i) {
    return i.rm >= 0 ? c.fpu.mmx(i.rm & 7) : c.load(i, 8);
  }

  static void setMmx(Cpu c, int number, long value) {
    c.fpu.enterMmx();
    c.fpu.setMmx(number & 7, value);
  }

  /** The same operation on each 64-bit half. */
  static Handler halves(Definition row, LongBinaryOperator op) {
    if (row.has("mmx")) {
      return (c, i) -> {
        requireMmx(c);
        setMmx(c, i.reg, op.applyAsLong(c.fpu.mmx(i.reg & 7), mmxSource(c, i)));
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      Vector s = c.vectorB;
      read128(c, i, s);
      int d = 2 * i.reg;
      c.xmm[d] = op.applyAsLong(c.xmm[d], s.low);
      c.xmm[d + 1] = op.applyAsLong(c.xmm[d + 1], s.high);
    };
  }

  /** An operation across the whole register; the immediate is the third operand. */
  static Handler whole(Definition row, VectorOperation op) {
    if (row.has("mmx")) {
      return (c, i) -> {
        requireMmx(c);
        c.vectorB.set(mmxSource(c, i), 0);
        c.vectorB.bits = 64;
        c.vectorA.set(c.fpu.mmx(i.reg & 7), 0);
        c.vectorA.bits = 64;
        op.apply(c.vectorA, c.vectorB, i.imm2 & 0xff);
        setMmx(c, i.reg, c.vectorA.low);
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      read128(c, i, c.vectorB);
      applyTo(c, i, op);
    };
  }

  /** Applies to the destination register, the source being in {@link Cpu#vectorB}. */
  static void applyTo(Cpu c, Insn i, VectorOperation op) {
    int d = 2 * i.reg;
    c.vectorA.set(c.xmm[d], c.xmm[d + 1]);
    c.vectorA.bits = 128;
    op.apply(c.vectorA, c.vectorB, i.imm2 & 0xff);
    c.xmm[d] = c.vectorA.low;
    c.xmm[d + 1] = c.vectorA.high;
  }
}
