package org.tenon.hv.engine.sim.exec;

import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.simd.Lanes;

/** Packed integer arithmetic, comparison, logic and shifts. */
final class PackedInteger {
  private PackedInteger() {}

  static void bind(Handlers h) {
    arithmetic(h);
    compare(h);
    logic(h);
    shifts(h);
    ssse3(h);
    sse4(h);
  }

  private static void halves(Handlers h, String name, LongBinaryOperator op) {
    h.bindEach(name, row -> Packed.halves(row, op));
  }

  private static void bytes(Handlers h, String name, IntBinaryOperator op) {
    halves(h, name, (a, b) -> Lanes.bytes(a, b, op));
  }

  private static void unsignedBytes(Handlers h, String name, IntBinaryOperator op) {
    halves(h, name, (a, b) -> Lanes.unsignedBytes(a, b, op));
  }

  private static void words(Handlers h, String name, IntBinaryOperator op) {
    halves(h, name, (a, b) -> Lanes.words(a, b, op));
  }

  private static void unsignedWords(Handlers h, String name, IntBinaryOperator op) {
    halves(h, name, (a, b) -> Lanes.unsignedWords(a, b, op));
  }

  private static void doublewords(Handlers h, String name, IntBinaryOperator op) {
    halves(h, name, (a, b) -> Lanes.doublewords(a, b, op));
  }

  private static void arithmetic(Handlers h) {
    halves(h, "PADDB", Lanes::addBytes);
    words(h, "PADDW", Integer::sum);
    doublewords(h, "PADDD", Integer::sum);
    halves(h, "PADDQ", Long::sum);
    halves(h, "PSUBB", Lanes::subtractBytes);
    words(h, "PSUBW", (a, b) -> a - b);
    doublewords(h, "PSUBD", (a, b) -> a - b);
    halves(h, "PSUBQ", (a, b) -> a - b);
    bytes(h, "PADDSB", (a, b) -> Lanes.saturate8(a + b));
    words(h, "PADDSW", (a, b) -> Lanes.saturate16(a + b));
    unsignedBytes(h, "PADDUSB", (a, b) -> Lanes.saturateU8(a + b));
    unsignedWords(h, "PADDUSW", (a, b) -> Lanes.saturateU16(a + b));
    bytes(h, "PSUBSB", (a, b) -> Lanes.saturate8(a - b));
    words(h, "PSUBSW", (a, b) -> Lanes.saturate16(a - b));
    unsignedBytes(h, "PSUBUSB", (a, b) -> Lanes.saturateU8(a - b));
    unsignedWords(h, "PSUBUSW", (a, b) -> Lanes.saturateU16(a - b));
    unsignedBytes(h, "PAVGB", (a, b) -> (a + b + 1) >> 1);
    unsignedWords(h, "PAVGW", (a, b) -> (a + b + 1) >> 1);
    words(h, "PMULLW", (a, b) -> a * b);
    words(h, "PMULHW", (a, b) -> (a * b) >> 16);
    unsignedWords(h, "PMULHUW", (a, b) -> (a * b) >>> 16);
    halves(h, "PMULUDQ", (a, b) -> (a & 0xffffffffL) * (b & 0xffffffffL));
    halves(h, "PMADDWD", Lanes::multiplyAdd);
    halves(h, "PSADBW", Lanes::sumOfDifferences);
    unsignedBytes(h, "PMINUB", Math::min);
    unsignedBytes(h, "PMAXUB", Math::max);
    words(h, "PMINSW", Math::min);
    words(h, "PMAXSW", Math::max);
  }

  private static void compare(Handlers h) {
    halves(h, "PCMPEQB", Lanes::equalBytes);
    words(h, "PCMPEQW", (a, b) -> a == b ? -1 : 0);
    doublewords(h, "PCMPEQD", (a, b) -> a == b ? -1 : 0);
    halves(h, "PCMPEQQ", (a, b) -> a == b ? -1 : 0);
    bytes(h, "PCMPGTB", (a, b) -> a > b ? -1 : 0);
    words(h, "PCMPGTW", (a, b) -> a > b ? -1 : 0);
    doublewords(h, "PCMPGTD", (a, b) -> a > b ? -1 : 0);
    halves(h, "PCMPGTQ", (a, b) -> a > b ? -1 : 0);
    h.bind("PTEST", PackedInteger::ptest);
  }

  private static void ptest(Cpu c, Insn i) {
    FpuState.requireSse(c);
    Packed.read128(c, i, c.vectorB);
    long low = c.xmm[2 * i.reg];
    long high = c.xmm[2 * i.reg + 1];
    boolean zf = ((low & c.vectorB.low) | (high & c.vectorB.high)) == 0;
    boolean cf = ((~low & c.vectorB.low) | (~high & c.vectorB.high)) == 0;
    c.flags.setArithmetic((zf ? Flags.ZF : 0) | (cf ? Flags.CF : 0));
  }

  private static void logic(Handlers h) {
    for (String type : new String[] {"PAND", "ANDPS", "ANDPD"}) {
      halves(h, type, (a, b) -> a & b);
    }
    for (String type : new String[] {"PANDN", "ANDNPS", "ANDNPD"}) {
      halves(h, type, (a, b) -> ~a & b);
    }
    for (String type : new String[] {"POR", "ORPS", "ORPD"}) {
      halves(h, type, (a, b) -> a | b);
    }
    for (String type : new String[] {"PXOR", "XORPS", "XORPD"}) {
      halves(h, type, (a, b) -> a ^ b);
    }
  }

  /** Shifts of every lane by one count: from the source's low 64 bits, or an immediate. */
  @FunctionalInterface
  private interface Shift {
    long apply(long half, long count);
  }

  private static void shifts(Handlers h) {
    shift(h, "PSLLW", (a, n) -> Lanes.shiftLeft(a, 16, n));
    shift(h, "PSLLD", (a, n) -> Lanes.shiftLeft(a, 32, n));
    shift(h, "PSLLQ", (a, n) -> Lanes.shiftLeft(a, 64, n));
    shift(h, "PSRLW", (a, n) -> Lanes.shiftRight(a, 16, n));
    shift(h, "PSRLD", (a, n) -> Lanes.shiftRight(a, 32, n));
    shift(h, "PSRLQ", (a, n) -> Lanes.shiftRight(a, 64, n));
    shift(h, "PSRAW", (a, n) -> Lanes.shiftRightSigned(a, 16, n));
    shift(h, "PSRAD", (a, n) -> Lanes.shiftRightSigned(a, 32, n));
    h.bind("PSLLDQ", (c, i) -> shiftBytes(c, i, true));
    h.bind("PSRLDQ", (c, i) -> shiftBytes(c, i, false));
  }

  private static void shift(Handlers h, String name, Shift op) {
    h.bindEach(name, row -> shiftByOperand(row, op));
    h.bindEach(name + ".imm", row -> shiftByImmediate(row, op));
  }

  private static Handler shiftByOperand(Definition row, Shift op) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        Packed.setMmx(c, i.reg, op.apply(c.fpu.mmx(i.reg & 7), Packed.mmxSource(c, i)));
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      Packed.read128(c, i, c.vectorB);
      shiftRegister(c, i.reg, c.vectorB.low, op);
    };
  }

  private static Handler shiftByImmediate(Definition row, Shift op) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        Packed.setMmx(c, i.rm, op.apply(c.fpu.mmx(i.rm & 7), i.imm & 0xff));
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      shiftRegister(c, i.rm, i.imm & 0xff, op);
    };
  }

  private static void shiftRegister(Cpu c, int register, long count, Shift op) {
    c.xmm[2 * register] = op.apply(c.xmm[2 * register], count);
    c.xmm[2 * register + 1] = op.apply(c.xmm[2 * register + 1], count);
  }

  private static void shiftBytes(Cpu c, Insn i, boolean left) {
    FpuState.requireSse(c);
    int n = (int) Math.min(i.imm & 0xff, 16) * 8;
    long low = c.xmm[2 * i.rm];
    long high = c.xmm[2 * i.rm + 1];
    if (n >= 64) {
      int m = n - 64;
      c.xmm[2 * i.rm] = left || m == 64 ? 0 : high >>> m;
      c.xmm[2 * i.rm + 1] = left && m != 64 ? low << m : 0;
    } else if (n > 0) {
      c.xmm[2 * i.rm] = left ? low << n : low >>> n | high << (64 - n);
      c.xmm[2 * i.rm + 1] = left ? high << n | low >>> (64 - n) : high >>> n;
    }
  }

  private static void ssse3(Handlers h) {
    bytes(h, "PSIGNB", (a, b) -> a * Integer.signum(b));
    words(h, "PSIGNW", (a, b) -> a * Integer.signum(b));
    doublewords(h, "PSIGND", (a, b) -> a * Integer.signum(b));
    bytes(h, "PABSB", (a, b) -> Math.abs(b));
    words(h, "PABSW", (a, b) -> Math.abs(b));
    doublewords(h, "PABSD", (a, b) -> b < 0 ? -b : b);
    words(h, "PMULHRSW", (a, b) -> (((a * b) >> 14) + 1) >> 1);
    halves(h, "PMADDUBSW", Lanes::multiplyAddBytes);
  }

  private static void sse4(Handlers h) {
    halves(h, "PMULDQ", (a, b) -> (long) (int) a * (int) b);
    doublewords(h, "PMULLD", (a, b) -> a * b);
    bytes(h, "PMINSB", Math::min);
    bytes(h, "PMAXSB", Math::max);
    unsignedWords(h, "PMINUW", Math::min);
    unsignedWords(h, "PMAXUW", Math::max);
    doublewords(h, "PMINSD", Math::min);
    doublewords(h, "PMAXSD", Math::max);
    doublewords(h, "PMINUD", (a, b) -> Integer.compareUnsigned(a, b) < 0 ? a : b);
    doublewords(h, "PMAXUD", (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b);
  }
}
