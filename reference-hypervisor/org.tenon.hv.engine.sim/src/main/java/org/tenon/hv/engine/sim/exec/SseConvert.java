package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.simd.FloatUnit;

/** Conversions between integers and floating point, and between the precisions. */
final class SseConvert {
  private static final int TRUNCATE = 3;

  private SseConvert() {}

  static void bind(Handlers h) {
    h.bind("CVTSI2SD", SseConvert::integerToDouble);
    h.bind("CVTSI2SS", SseConvert::integerToSingle);
    h.bind("CVTTSD2SI", (c, i) -> doubleToInteger(c, i, true));
    h.bind("CVTSD2SI", (c, i) -> doubleToInteger(c, i, false));
    h.bind("CVTTSS2SI", (c, i) -> singleToInteger(c, i, true));
    h.bind("CVTSS2SI", (c, i) -> singleToInteger(c, i, false));
    h.bind("CVTSS2SD", SseConvert::singleToDouble);
    h.bind("CVTSD2SS", SseConvert::doubleToSingle);
    h.bind("CVTPS2PD", SseConvert::singlesToDoubles);
    h.bind("CVTPD2PS", SseConvert::doublesToSingles);
    h.bind("CVTDQ2PS", SseConvert::integersToSingles);
    h.bind("CVTPS2DQ", (c, i) -> singlesToIntegers(c, i, false));
    h.bind("CVTTPS2DQ", (c, i) -> singlesToIntegers(c, i, true));
    h.bind("CVTDQ2PD", SseConvert::integersToDoubles);
    h.bind("CVTPD2DQ", (c, i) -> doublesToIntegers(c, i, false));
    h.bind("CVTTPD2DQ", (c, i) -> doublesToIntegers(c, i, true));
    h.bind("CVTPI2PS", SseConvert::mmxToSingles);
    h.bind("CVTPI2PD", SseConvert::mmxToDoubles);
    h.bind("CVTPS2PI", (c, i) -> singlesToMmx(c, i, false));
    h.bind("CVTTPS2PI", (c, i) -> singlesToMmx(c, i, true));
    h.bind("CVTPD2PI", (c, i) -> doublesToMmx(c, i, false));
    h.bind("CVTTPD2PI", (c, i) -> doublesToMmx(c, i, true));
  }

  private static long integer(Cpu c, Insn i) {
    return i.sourceSize == 8 ? c.src(i) : (int) c.src(i);
  }

  private static void integerToDouble(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    long r = u.fromInteger64(integer(c, i));
    SseFloat.raise(c);
    c.xmm[2 * i.reg] = r;
  }

  private static void integerToSingle(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    int r = u.fromInteger32(integer(c, i));
    SseFloat.raise(c);
    SseMoves.setScalar(c, i.reg, 4, r);
  }

  private static int mode(FloatUnit u, boolean truncate) {
    return truncate ? TRUNCATE : u.rounding();
  }

  private static void doubleToInteger(Cpu c, Insn i, boolean truncate) {
    FloatUnit u = SseFloat.begin(c);
    double v = Double.longBitsToDouble(Packed.scalar(c, i, 8));
    long r = u.toInteger(v, i.size == 8, mode(u, truncate));
    SseFloat.raise(c);
    c.setRegister(i.reg, i.size, r);
  }

  private static void singleToInteger(Cpu c, Insn i, boolean truncate) {
    FloatUnit u = SseFloat.begin(c);
    long r = single(u, (int) Packed.scalar(c, i, 4), i.size == 8, truncate);
    SseFloat.raise(c);
    c.setRegister(i.reg, i.size, r);
  }

  private static long single(FloatUnit u, int bits, boolean wide, boolean truncate) {
    return u.toInteger(u.flushed(bits), wide, mode(u, truncate));
  }

  private static void singleToDouble(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    long r = u.widen((int) Packed.scalar(c, i, 4));
    SseFloat.raise(c);
    c.xmm[2 * i.reg] = r;
  }

  private static void doubleToSingle(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    int r = u.narrow(Packed.scalar(c, i, 8));
    SseFloat.raise(c);
    SseMoves.setScalar(c, i.reg, 4, r);
  }

  private static long join(long low, long high) {
    return (low & 0xffffffffL) | high << 32;
  }

  private static void set(Cpu c, Insn i, long low, long high) {
    SseFloat.raise(c);
    c.xmm[2 * i.reg] = low;
    c.xmm[2 * i.reg + 1] = high;
  }

  private static void singlesToDoubles(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    long source = Packed.scalar(c, i, 8);
    set(c, i, u.widen((int) source), u.widen((int) (source >>> 32)));
  }

  private static void doublesToSingles(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    Packed.read128(c, i, c.vectorB);
    set(c, i, join(u.narrow(c.vectorB.low), u.narrow(c.vectorB.high)), 0);
  }

  /** The low doubleword, sign-extended. */
  private static long low(long pair) {
    return pair << 32 >> 32;
  }

  private static long toSingles(FloatUnit u, long pair) {
    return join(u.fromInteger32(low(pair)), u.fromInteger32(pair >> 32));
  }

  private static void integersToSingles(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    Packed.read128(c, i, c.vectorB);
    set(c, i, toSingles(u, c.vectorB.low), toSingles(u, c.vectorB.high));
  }

  private static long fromSingles(FloatUnit u, long pair, boolean truncate) {
    return join(
        single(u, (int) pair, false, truncate), single(u, (int) (pair >>> 32), false, truncate));
  }

  private static void singlesToIntegers(Cpu c, Insn i, boolean truncate) {
    FloatUnit u = SseFloat.begin(c);
    Packed.read128(c, i, c.vectorB);
    set(c, i, fromSingles(u, c.vectorB.low, truncate), fromSingles(u, c.vectorB.high, truncate));
  }

  private static void integersToDoubles(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    long source = Packed.scalar(c, i, 8);
    set(c, i, u.fromInteger64(low(source)), u.fromInteger64(source >> 32));
  }

  private static long fromDoubles(FloatUnit u, long low, long high, boolean truncate) {
    int mode = mode(u, truncate);
    return join(
        u.toInteger(Double.longBitsToDouble(low), false, mode),
        u.toInteger(Double.longBitsToDouble(high), false, mode));
  }

  private static void doublesToIntegers(Cpu c, Insn i, boolean truncate) {
    FloatUnit u = SseFloat.begin(c);
    Packed.read128(c, i, c.vectorB);
    set(c, i, fromDoubles(u, c.vectorB.low, c.vectorB.high, truncate), 0);
  }

  private static void mmxToSingles(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    Packed.requireMmx(c);
    long r = toSingles(u, Packed.mmxSource(c, i));
    SseFloat.raise(c);
    c.xmm[2 * i.reg] = r;
    c.fpu.enterMmx();
  }

  private static void mmxToDoubles(Cpu c, Insn i) {
    FloatUnit u = SseFloat.begin(c);
    if (i.rm >= 0) {
      Packed.requireMmx(c);
    }
    long source = Packed.mmxSource(c, i);
    set(c, i, u.fromInteger64(low(source)), u.fromInteger64(source >> 32));
    if (i.rm >= 0) {
      c.fpu.enterMmx();
    }
  }

  private static void singlesToMmx(Cpu c, Insn i, boolean truncate) {
    FloatUnit u = SseFloat.begin(c);
    Packed.requireMmx(c);
    long r = fromSingles(u, Packed.scalar(c, i, 8), truncate);
    SseFloat.raise(c);
    Packed.setMmx(c, i.reg, r);
  }

  private static void doublesToMmx(Cpu c, Insn i, boolean truncate) {
    FloatUnit u = SseFloat.begin(c);
    Packed.requireMmx(c);
    Packed.read128(c, i, c.vectorB);
    long r = fromDoubles(u, c.vectorB.low, c.vectorB.high, truncate);
    SseFloat.raise(c);
    Packed.setMmx(c, i.reg, r);
  }
}
