package org.tenon.hv.engine.sim.fpu;

/** Division of 128 by 64 bits, unsigned. */
public final class Wide {
  private Wide() {}

  /**
   * The quotient of {@code high:low} by {@code divisor}.
   *
   * @param high less than {@code divisor} (unsigned), so that the quotient fits
   */
  public static long divide(long high, long low, long divisor) {
    if (high == 0) {
      return Long.divideUnsigned(low, divisor);
    }
    // Schoolbook division with 32-bit digits (Knuth, volume 2, algorithm D) on a divisor with its
    // top bit set.
    int shift = Long.numberOfLeadingZeros(divisor);
    long d = divisor << shift;
    long top = shift == 0 ? high : high << shift | low >>> (64 - shift);
    long rest = low << shift;
    long first = digit(top, rest >>> 32, d);
    long middle = (top << 32 | rest >>> 32) - first * d;
    long second = digit(middle, rest & 0xffffffffL, d);
    return first << 32 | second;
  }

  private static long digit(long top, long next, long d) {
    long dHigh = d >>> 32;
    long dLow = d & 0xffffffffL;
    long q = Long.divideUnsigned(top, dHigh);
    long r = top - q * dHigh;
    while (q >>> 32 != 0 || Long.compareUnsigned(q * dLow, r << 32 | next) > 0) {
      q--;
      r += dHigh;
      if (r >>> 32 != 0) {
        break;
      }
    }
    return q;
  }
}
