package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.simd.FloatUnit;
import org.tenon.hv.engine.sim.simd.FloatUnit.Op;
import org.tenon.hv.engine.sim.simd.Vector;

/** SSE floating-point arithmetic and comparison. */
public final class SseFloat {
  private static final long CR4_OSXMMEXCPT = 0x400;

  private SseFloat() {}

  /** One double lane. */
  @FunctionalInterface
  private interface Double64 {
    long apply(FloatUnit unit, long a, long b);
  }

  /** One single lane. */
  @FunctionalInterface
  private interface Single32 {
    int apply(FloatUnit unit, int a, int b);
  }

  static void bind(Handlers h) {
    for (Op op : Op.values()) {
      h.bind(op + "PD", (c, i) -> packed64(c, i, (u, a, b) -> u.apply64(op, a, b)));
      h.bind(op + "SD", (c, i) -> scalar64(c, i, (u, a, b) -> u.apply64(op, a, b)));
      h.bind(op + "PS", (c, i) -> packed32(c, i, (u, a, b) -> u.apply32(op, a, b)));
      h.bind(op + "SS", (c, i) -> scalar32(c, i, (u, a, b) -> u.apply32(op, a, b)));
    }
    h.bind("CMPPD", (c, i) -> packed64(c, i, (u, a, b) -> matches64(u, a, b, i.imm2) ? -1 : 0));
    h.bind("CMPSD", (c, i) -> scalar64(c, i, (u, a, b) -> matches64(u, a, b, i.imm2) ? -1 : 0));
    h.bind("CMPPS", (c, i) -> packed32(c, i, (u, a, b) -> matches32(u, a, b, i.imm2) ? -1 : 0));
    h.bind("CMPSS", (c, i) -> scalar32(c, i, (u, a, b) -> matches32(u, a, b, i.imm2) ? -1 : 0));
    h.bind("ROUNDPD", (c, i) -> packed64(c, i, (u, a, b) -> round64(u, b, i.imm2)));
    h.bind("ROUNDSD", (c, i) -> scalar64(c, i, (u, a, b) -> round64(u, b, i.imm2)));
    h.bind("ROUNDPS", (c, i) -> packed32(c, i, (u, a, b) -> round32(u, b, i.imm2)));
    h.bind("ROUNDSS", (c, i) -> scalar32(c, i, (u, a, b) -> round32(u, b, i.imm2)));
    h.bind("UCOMISD", (c, i) -> compareFlags64(c, i, false));
    h.bind("COMISD", (c, i) -> compareFlags64(c, i, true));
    h.bind("UCOMISS", (c, i) -> compareFlags32(c, i, false));
    h.bind("COMISS", (c, i) -> compareFlags32(c, i, true));
    approximate(h);
    horizontal(h);
  }

  /**
   * Ends an instruction: sets the flags; an unmasked exception faults before the result is written.
   */
  public static void raise(Cpu c) {
    int flags = c.sse.raised();
    if (flags != 0) {
      c.mxcsr |= flags;
      if ((flags & ~(c.mxcsr >> 7) & 0x3f) != 0) {
        throw c.fault((c.cr4 & CR4_OSXMMEXCPT) != 0 ? GuestFault.XM : GuestFault.UD, 0);
      }
    }
  }

  /** What every SSE instruction checks before it does anything. */
  public static void requireSse(Cpu c) {
    FpuState.requireSse(c);
  }

  static FloatUnit begin(Cpu c) {
    FpuState.requireSse(c);
    c.sse.begin(c.mxcsr);
    return c.sse;
  }

  private static void packed64(Cpu c, Insn i, Double64 op) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = op.apply(u, c.xmm[d], c.vectorB.low);
    long high = op.apply(u, c.xmm[d + 1], c.vectorB.high);
    raise(c);
    c.xmm[d] = low;
    c.xmm[d + 1] = high;
  }

  private static void scalar64(Cpu c, Insn i, Double64 op) {
    FloatUnit u = begin(c);
    long r = op.apply(u, c.xmm[2 * i.reg], Packed.scalar(c, i, 8));
    raise(c);
    c.xmm[2 * i.reg] = r;
  }

  private static long both32(FloatUnit u, long a, long b, Single32 op) {
    long low = op.apply(u, (int) a, (int) b) & 0xffffffffL;
    return low | (long) op.apply(u, (int) (a >>> 32), (int) (b >>> 32)) << 32;
  }

  private static void packed32(Cpu c, Insn i, Single32 op) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = both32(u, c.xmm[d], c.vectorB.low, op);
    long high = both32(u, c.xmm[d + 1], c.vectorB.high, op);
    raise(c);
    c.xmm[d] = low;
    c.xmm[d + 1] = high;
  }

  private static void scalar32(Cpu c, Insn i, Single32 op) {
    FloatUnit u = begin(c);
    int r = op.apply(u, (int) c.xmm[2 * i.reg], (int) Packed.scalar(c, i, 4));
    raise(c);
    SseMoves.setScalar(c, i.reg, 4, r);
  }

  private static boolean matches64(FloatUnit u, long a, long b, int predicate) {
    return matches(u.compare64(a, b, signalling(predicate)), predicate);
  }

  private static boolean matches32(FloatUnit u, int a, int b, int predicate) {
    return matches(u.compare32(a, b, signalling(predicate)), predicate);
  }

  /** LT, LE and their negations signal on any NaN. */
  private static boolean signalling(int predicate) {
    int p = predicate & 3;
    return p == 1 || p == 2;
  }

  private static boolean matches(int order, int predicate) {
    boolean positive =
        switch (predicate & 3) {
          case 0 -> order == 0;
          case 1 -> order == -1;
          case 2 -> order == -1 || order == 0;
          default -> order == 2;
        };
    return positive != ((predicate & 4) != 0);
  }

  private static long round64(FloatUnit u, long b, int imm) {
    return u.round64(b, (imm & 4) != 0 ? u.rounding() : imm & 3, (imm & 8) != 0);
  }

  private static int round32(FloatUnit u, int b, int imm) {
    return u.round32(b, (imm & 4) != 0 ? u.rounding() : imm & 3, (imm & 8) != 0);
  }

  private static void compareFlags64(Cpu c, Insn i, boolean signalling) {
    FloatUnit u = begin(c);
    int order = u.compare64(c.xmm[2 * i.reg], Packed.scalar(c, i, 8), signalling);
    raise(c);
    setFlags(c, order);
  }

  private static void compareFlags32(Cpu c, Insn i, boolean signalling) {
    FloatUnit u = begin(c);
    int order = u.compare32((int) c.xmm[2 * i.reg], (int) Packed.scalar(c, i, 4), signalling);
    raise(c);
    setFlags(c, order);
  }

  /** ZF, PF and CF as COMISD and FCOMI set them; the others clear. */
  static void setFlags(Cpu c, int order) {
    c.flags.setArithmetic(
        switch (order) {
          case 2 -> Flags.ZF | Flags.PF | Flags.CF;
          case 0 -> Flags.ZF;
          case -1 -> Flags.CF;
          default -> 0;
        });
  }

  /** RCP and RSQRT: correctly rounded, which is within the bound that the manual allows. */
  private static void approximate(Handlers h) {
    h.bind("RCPPS", (c, i) -> packed32(c, i, (u, a, b) -> reciprocal(b)));
    h.bind("RCPSS", (c, i) -> scalar32(c, i, (u, a, b) -> reciprocal(b)));
    h.bind("RSQRTPS", (c, i) -> packed32(c, i, (u, a, b) -> reciprocalRoot(b)));
    h.bind("RSQRTSS", (c, i) -> scalar32(c, i, (u, a, b) -> reciprocalRoot(b)));
  }

  private static boolean isDenormalOrZero(int bits) {
    return (bits & 0x7f800000) == 0;
  }

  private static int reciprocal(int bits) {
    if (isDenormalOrZero(bits)) {
      return (bits & 0x80000000) | 0x7f800000;
    }
    float v = Float.intBitsToFloat(bits);
    if (Float.isNaN(v)) {
      return bits | 0x00400000;
    }
    int r = Float.floatToRawIntBits(1.0f / v);
    return isDenormalOrZero(r) ? r & 0x80000000 : r;
  }

  private static int reciprocalRoot(int bits) {
    if (isDenormalOrZero(bits)) {
      return (bits & 0x80000000) | 0x7f800000;
    }
    float v = Float.intBitsToFloat(bits);
    if (Float.isNaN(v)) {
      return bits | 0x00400000;
    }
    return v < 0 ? 0xffc00000 : Float.floatToRawIntBits((float) (1.0 / Math.sqrt(v)));
  }

  private static void horizontal(Handlers h) {
    h.bind("HADDPD", (c, i) -> pairs64(c, i, Op.ADD));
    h.bind("HSUBPD", (c, i) -> pairs64(c, i, Op.SUB));
    h.bind("HADDPS", (c, i) -> pairs32(c, i, Op.ADD));
    h.bind("HSUBPS", (c, i) -> pairs32(c, i, Op.SUB));
    h.bind("ADDSUBPD", SseFloat::addSub64);
    h.bind("ADDSUBPS", SseFloat::addSub32);
    h.bind("DPPS", SseFloat::dotProduct32);
    h.bind("DPPD", SseFloat::dotProduct64);
  }

  private static void pairs64(Cpu c, Insn i, Op op) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = u.apply64(op, c.xmm[d], c.xmm[d + 1]);
    long high = u.apply64(op, c.vectorB.low, c.vectorB.high);
    raise(c);
    c.xmm[d] = low;
    c.xmm[d + 1] = high;
  }

  private static long pair32(FloatUnit u, long low, long high, Op op) {
    long a = u.apply32(op, (int) low, (int) (low >>> 32)) & 0xffffffffL;
    return a | (long) u.apply32(op, (int) high, (int) (high >>> 32)) << 32;
  }

  private static void pairs32(Cpu c, Insn i, Op op) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = pair32(u, c.xmm[d], c.xmm[d + 1], op);
    long high = pair32(u, c.vectorB.low, c.vectorB.high, op);
    raise(c);
    c.xmm[d] = low;
    c.xmm[d + 1] = high;
  }

  private static void addSub64(Cpu c, Insn i) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = u.apply64(Op.SUB, c.xmm[d], c.vectorB.low);
    long high = u.apply64(Op.ADD, c.xmm[d + 1], c.vectorB.high);
    raise(c);
    c.xmm[d] = low;
    c.xmm[d + 1] = high;
  }

  private static long subAdd32(FloatUnit u, long a, long b) {
    long low = u.apply32(Op.SUB, (int) a, (int) b) & 0xffffffffL;
    return low | (long) u.apply32(Op.ADD, (int) (a >>> 32), (int) (b >>> 32)) << 32;
  }

  private static void addSub32(Cpu c, Insn i) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = subAdd32(u, c.xmm[d], c.vectorB.low);
    long high = subAdd32(u, c.xmm[d + 1], c.vectorB.high);
    raise(c);
    c.xmm[d] = low;
    c.xmm[d + 1] = high;
  }

  private static void dotProduct32(Cpu c, Insn i) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    Vector d = c.vectorA;
    d.set(c.xmm[2 * i.reg], c.xmm[2 * i.reg + 1]);
    int[] product = new int[4];
    for (int k = 0; k < 4; k++) {
      boolean taken = (i.imm2 >> (4 + k) & 1) != 0;
      product[k] = taken ? u.apply32(Op.MUL, (int) d.get(k, 32), (int) c.vectorB.get(k, 32)) : 0;
    }
    int low = u.apply32(Op.ADD, product[0], product[1]);
    int high = u.apply32(Op.ADD, product[2], product[3]);
    int sum = u.apply32(Op.ADD, low, high);
    raise(c);
    for (int k = 0; k < 4; k++) {
      d.put(k, 32, (i.imm2 >> k & 1) != 0 ? sum : 0);
    }
    c.xmm[2 * i.reg] = d.low;
    c.xmm[2 * i.reg + 1] = d.high;
  }

  private static void dotProduct64(Cpu c, Insn i) {
    FloatUnit u = begin(c);
    Packed.read128(c, i, c.vectorB);
    int d = 2 * i.reg;
    long low = (i.imm2 & 0x10) != 0 ? u.apply64(Op.MUL, c.xmm[d], c.vectorB.low) : 0;
    long high = (i.imm2 & 0x20) != 0 ? u.apply64(Op.MUL, c.xmm[d + 1], c.vectorB.high) : 0;
    long sum = u.apply64(Op.ADD, low, high);
    raise(c);
    c.xmm[d] = (i.imm2 & 1) != 0 ? sum : 0;
    c.xmm[d + 1] = (i.imm2 & 2) != 0 ? sum : 0;
  }
}
