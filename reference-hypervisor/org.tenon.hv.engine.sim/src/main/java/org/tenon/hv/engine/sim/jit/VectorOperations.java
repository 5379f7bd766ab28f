package org.tenon.hv.engine.sim.jit;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.exec.SseFloat;
import org.tenon.hv.engine.sim.simd.FloatUnit;
import org.tenon.hv.engine.sim.simd.FloatUnit.Op;
import org.tenon.hv.engine.sim.simd.Lanes;

/** What compiled code calls for packed instructions; mostly on one 64-bit half of a register. */
final class VectorOperations {
  private static final long LOW32 = 0xffffffffL;

  /** The bits of MXCSR that the short way depends on, and what they must be. */
  private static final int CONTROL = 0xffe0;

  private static final int PLAIN = 0x1fa0; // all masked, to nearest, inexact already raised

  private VectorOperations() {}

  static void requireSse(Cpu c) {
    SseFloat.requireSse(c);
  }

  static void requireAligned(Cpu c, long address) {
    if ((address & 15) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
  }

  /** Stores 128 bits; all or nothing. */
  static void store(Cpu c, long address, long low, long high) {
    if ((address & 4095) > 4080) {
      c.mmu.checkWrite(address, 16);
    }
    c.mmu.store64(address, low);
    c.mmu.store64(address + 8, high);
  }

  static long xor(long d, long s) {
    return d ^ s;
  }

  static long and(long d, long s) {
    return d & s;
  }

  static long or(long d, long s) {
    return d | s;
  }

  static long andNot(long d, long s) {
    return ~d & s;
  }

  static long addBytes(long d, long s) {
    return Lanes.addBytes(d, s);
  }

  static long subtractBytes(long d, long s) {
    return Lanes.subtractBytes(d, s);
  }

  static long addWords(long d, long s) {
    long high = 0x8000800080008000L;
    return (d & ~high) + (s & ~high) ^ ((d ^ s) & high);
  }

  static long addDoublewords(long d, long s) {
    return (d + s & LOW32) | (d & ~LOW32) + (s & ~LOW32);
  }

  static long subtractDoublewords(long d, long s) {
    return (d - s & LOW32) | (d & ~LOW32) - (s & ~LOW32);
  }

  static long addQuadwords(long d, long s) {
    return d + s;
  }

  static long subtractQuadwords(long d, long s) {
    return d - s;
  }

  static long multiplyDoublewords(long d, long s) {
    return (d & LOW32) * (s & LOW32);
  }

  static long equalBytes(long d, long s) {
    return Lanes.equalBytes(d, s);
  }

  static long equalDoublewords(long d, long s) {
    return ((int) d == (int) s ? LOW32 : 0) | (d >>> 32 == s >>> 32 ? ~LOW32 : 0);
  }

  /** Four bytes of each in turn. */
  static long interleaveBytes(long d, long s) {
    return spreadBytes(d) | spreadBytes(s) << 8;
  }

  private static long spreadBytes(long four) {
    long pairs = (four | four << 16) & 0x0000ffff0000ffffL;
    return (pairs | pairs << 8) & 0x00ff00ff00ff00ffL;
  }

  /** Two words of each in turn. */
  static long interleaveWords(long d, long s) {
    return ((d | d << 16) & 0x0000ffff0000ffffL) | ((s | s << 16) & 0x0000ffff0000ffffL) << 16;
  }

  static long interleaveDoublewords(long d, long s) {
    return d | s << 32;
  }

  static long shiftDoublewordsLeft(long value, long count) {
    return count > 31 ? 0 : (value & LOW32) << count & LOW32 | value >>> 32 << (32 + count);
  }

  static long shiftDoublewordsRight(long value, long count) {
    return count > 31 ? 0 : (value & LOW32) >>> count | value >>> (32 + count) << 32;
  }

  static long shiftQuadwordsLeft(long value, long count) {
    return count > 63 ? 0 : value << count;
  }

  static long shiftQuadwordsRight(long value, long count) {
    return count > 63 ? 0 : value >>> count;
  }

  /** ADDSD and its kin. */
  static void scalar64(Cpu c, Op operation, int element, long b) {
    long a = c.xmm[element];
    long r = compute(operation, a, b);
    if ((c.mxcsr & CONTROL) != PLAIN || !isPlain(a, b, r)) {
      FloatUnit unit = c.sse;
      unit.begin(c.mxcsr);
      r = unit.apply64(operation, a, b);
      SseFloat.raise(c);
    }
    c.xmm[element] = r;
  }

  /** ADDPD and its kin. */
  static void packed64(Cpu c, Op operation, int element, long low, long high) {
    long a = c.xmm[element];
    long b = c.xmm[element + 1];
    long r = compute(operation, a, low);
    long q = compute(operation, b, high);
    if ((c.mxcsr & CONTROL) != PLAIN || !isPlain(a, low, r) || !isPlain(b, high, q)) {
      FloatUnit unit = c.sse;
      unit.begin(c.mxcsr);
      r = unit.apply64(operation, a, low);
      q = unit.apply64(operation, b, high);
      SseFloat.raise(c);
    }
    c.xmm[element] = r;
    c.xmm[element + 1] = q;
  }

  private static long compute(Op operation, long a, long b) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    // Compared one by one, because a switch would not fold to the one that is a constant here.
    double r =
        operation == Op.ADD
            ? x + y
            : operation == Op.SUB ? x - y : operation == Op.MUL ? x * y : x / y;
    return Double.doubleToRawLongBits(r);
  }

  /** Operands normal or zero and a normal result: nothing to report but that it may be inexact. */
  private static boolean isPlain(long a, long b, long result) {
    return isNormal(result) && (isNormal(a) || a << 1 == 0) && (isNormal(b) || b << 1 == 0);
  }

  private static boolean isNormal(long bits) {
    return ((bits >>> 52) + 1 & 0x7ff) > 1;
  }
}
