// large on purpose: the arithmetic of one format, whose operations share their unpacking
package org.tenon.hv.engine.sim.fpu;

/**
 * Arithmetic on 80-bit reals, exact to the last bit, and conversions from and to the other formats.
 */
public final class Float80 extends Rounding80 {
  /** a + b, or a - b. */
  public void add(int aSe, long a, int bSe0, long b, boolean subtract) {
    if (nan(aSe, a, bSe0, b)) {
      return;
    }
    int bSe = subtract ? bSe0 ^ 0x8000 : bSe0;
    boolean aNegative = (aSe & 0x8000) != 0;
    boolean bNegative = (bSe & 0x8000) != 0;
    if (isInfinite(aSe, a) || isInfinite(bSe, b)) {
      if (isInfinite(aSe, a) && isInfinite(bSe, b) && aNegative != bNegative) {
        invalid();
      } else {
        denormal(aSe, a);
        denormal(bSe, b);
        setInfinity(isInfinite(aSe, a) ? aNegative : bNegative);
      }
      return;
    }
    denormal(aSe, a);
    denormal(bSe, b);
    if (a == 0 && b == 0) {
      setZero(aNegative == bNegative ? aNegative : rounding() == 1);
    } else if (a == 0) {
      pack(bNegative, exponent(bSe, b), normalized(b), 0);
    } else if (b == 0) {
      pack(aNegative, exponent(aSe, a), normalized(a), 0);
    } else {
      addFinite(
          aNegative, exponent(aSe, a), normalized(a), bNegative, exponent(bSe, b), normalized(b));
    }
  }

  private void addFinite(boolean aNegative, int aE, long a, boolean bNegative, int bE, long b) {
    boolean swap = aE < bE || (aE == bE && Long.compareUnsigned(a, b) < 0);
    boolean negative = swap ? bNegative : aNegative;
    int e = swap ? bE : aE;
    long big = swap ? b : a;
    long small = swap ? a : b;
    int shift = Math.abs(aE - bE);
    long hi = shift >= 64 ? 0 : small >>> shift;
    long lo = shift == 0 ? 0 : shift < 64 ? small << (64 - shift) : shiftedOut(small, shift - 64);
    if (aNegative == bNegative) {
      long sum = big + hi;
      if (Long.compareUnsigned(sum, big) < 0) {
        lo = lo >>> 1 | sum << 63 | (lo & 1);
        sum = sum >>> 1 | INTEGER_BIT;
        e++;
      }
      pack(negative, e, sum, lo);
      return;
    }
    long low = -lo;
    long high = big - hi - (lo != 0 ? 1 : 0);
    if (high == 0 && low == 0) {
      setZero(rounding() == 1);
      return;
    }
    int zeros = high == 0 ? 64 + Long.numberOfLeadingZeros(low) : Long.numberOfLeadingZeros(high);
    if (zeros >= 64) {
      high = low << (zeros - 64);
      low = 0;
    } else if (zeros > 0) {
      high = high << zeros | low >>> (64 - zeros);
      low <<= zeros;
    }
    pack(negative, e - zeros, high, low);
  }

  /** Shifted right, with the lowest bit set if any bit is lost. */
  private static long shiftedOut(long value, int shift) {
    if (shift == 0) {
      return value;
    }
    if (shift >= 64) {
      return 1;
    }
    return value >>> shift | (value << (64 - shift) != 0 ? 1 : 0);
  }

  /** a × b. */
  public void multiply(int aSe, long a, int bSe, long b) {
    if (nan(aSe, a, bSe, b)) {
      return;
    }
    boolean negative = ((aSe ^ bSe) & 0x8000) != 0;
    if (isInfinite(aSe, a) || isInfinite(bSe, b)) {
      if (isZero(aSe, a) || isZero(bSe, b)) {
        invalid();
      } else {
        denormal(aSe, a);
        denormal(bSe, b);
        setInfinity(negative);
      }
      return;
    }
    denormal(aSe, a);
    denormal(bSe, b);
    if (a == 0 || b == 0) {
      setZero(negative);
      return;
    }
    long x = normalized(a);
    long y = normalized(b);
    long hi = Math.unsignedMultiplyHigh(x, y);
    long lo = x * y;
    int e = exponent(aSe, a) + exponent(bSe, b) - BIAS + 1;
    if (hi >= 0) {
      hi = hi << 1 | lo >>> 63;
      lo <<= 1;
      e--;
    }
    pack(negative, e, hi, lo);
  }

  /** a ÷ b. */
  public void divide(int aSe, long a, int bSe, long b) {
    if (nan(aSe, a, bSe, b)) {
      return;
    }
    boolean negative = ((aSe ^ bSe) & 0x8000) != 0;
    boolean aInfinite = isInfinite(aSe, a);
    boolean bInfinite = isInfinite(bSe, b);
    if ((aInfinite && bInfinite) || (isZero(aSe, a) && isZero(bSe, b))) {
      invalid();
      return;
    }
    denormal(aSe, a);
    if (aInfinite) {
      denormal(bSe, b);
      setInfinity(negative);
    } else if (b == 0) {
      raised = (raised & ~X87.DE) | X87.ZE;
      setInfinity(negative);
    } else {
      denormal(bSe, b);
      if (a == 0 || bInfinite) {
        setZero(negative);
      } else {
        divideFinite(
            negative, exponent(aSe, a) - exponent(bSe, b) + BIAS, normalized(a), normalized(b));
      }
    }
  }

  private void divideFinite(boolean negative, int exponent, long a, long b) {
    int e = exponent;
    long high;
    long rest;
    if (Long.compareUnsigned(a, b) >= 0) {
      // The quotient is in [1, 2): halve the dividend so that it stays below the divisor.
      high = Wide.divide(a >>> 1, a << 63, b);
      rest = (a << 63) - high * b;
    } else {
      high = Wide.divide(a, 0, b);
      rest = -high * b;
      e--;
    }
    long low = Wide.divide(rest, 0, b);
    boolean exact = -low * b == 0;
    pack(negative, e, high, exact ? low : low | 1);
  }

  /** √a. */
  public void squareRoot(int aSe, long a) {
    if (nan(aSe, a, aSe, a)) {
      return;
    }
    if (isZero(aSe, a) || (isInfinite(aSe, a) && (aSe & 0x8000) == 0)) {
      set(aSe, a);
      return;
    }
    if ((aSe & 0x8000) != 0) {
      invalid();
      return;
    }
    denormal(aSe, a);
    int e = exponent(aSe, a) - BIAS;
    long x = normalized(a);
    boolean odd = (e & 1) != 0;
    // Digit by digit on a radicand of 128 bits, top two bits first, then 2 more bits of result for
    // rounding.
    long hi = odd ? x : x >>> 1;
    long lo = odd ? 0 : x << 63;
    long root = 0;
    long restHigh = 0;
    long restLow = 0;
    for (int k = 0; k < 64; k++) {
      restHigh = restHigh << 2 | restLow >>> 62;
      restLow = restLow << 2 | hi >>> 62;
      hi = hi << 2 | lo >>> 62;
      lo <<= 2;
      long trialHigh = root >>> 62;
      long trialLow = root << 2 | 1;
      boolean fits =
          restHigh != trialHigh
              ? Long.compareUnsigned(restHigh, trialHigh) > 0
              : Long.compareUnsigned(restLow, trialLow) >= 0;
      root <<= 1;
      if (fits) {
        boolean borrow = Long.compareUnsigned(restLow, trialLow) < 0;
        restLow -= trialLow;
        restHigh = restHigh - trialHigh - (borrow ? 1 : 0);
        root |= 1;
      }
    }
    // The exact root lies above root + 1/2 exactly if the rest exceeds the root.
    boolean above = restHigh != 0 || Long.compareUnsigned(restLow, root) > 0;
    long low = (restHigh | restLow) == 0 ? 0 : above ? INTEGER_BIT | 1 : 1;
    pack(false, (e >> 1) + BIAS, root, low);
  }

  /**
   * Compares.
   *
   * @param quiet whether quiet NaNs raise nothing (FUCOM)
   * @return -1, 0, 1, or 2 for unordered
   */
  public int compare(int aSe, long a, int bSe, long b, boolean quiet) {
    if (isUnsupported(aSe, a) || isUnsupported(bSe, b)) {
      raised |= X87.IE;
      return 2;
    }
    if (isNan(aSe, a) || isNan(bSe, b)) {
      if (!quiet || isSignalling(aSe, a) || isSignalling(bSe, b)) {
        raised |= X87.IE;
      }
      return 2;
    }
    denormal(aSe, a);
    denormal(bSe, b);
    if (a == 0 && b == 0) {
      return 0;
    }
    boolean aNegative = (aSe & 0x8000) != 0;
    boolean bNegative = (bSe & 0x8000) != 0;
    if (aNegative != bNegative) {
      return aNegative ? -1 : 1;
    }
    int aE = Math.max(aSe & MAX_EXPONENT, a == 0 ? 0 : 1);
    int bE = Math.max(bSe & MAX_EXPONENT, b == 0 ? 0 : 1);
    int order = aE != bE ? Integer.compare(aE, bE) : Long.compareUnsigned(a, b);
    return Integer.signum(aNegative ? -order : order);
  }

  // ---- Conversions

  /** From a signed integer; exact. */
  public void fromInteger(long v) {
    if (v == 0) {
      setZero(false);
      return;
    }
    long magnitude = Math.abs(v);
    int zeros = Long.numberOfLeadingZeros(magnitude);
    set((v < 0 ? 0x8000 : 0) | BIAS + 63 - zeros, magnitude << zeros);
  }

  /**
   * To a signed integer of a width; out of range gives the indefinite integer, with IE.
   *
   * @param mode rounding mode, or -1 for the control word's
   */
  public long toInteger(int se, long sig, int bits, int mode) {
    long indefinite = -1L << (bits - 1);
    int e = (se & MAX_EXPONENT) - BIAS;
    if (isSpecial(se) || isUnsupported(se, sig) || e > 63) {
      raised |= X87.IE;
      return indefinite;
    }
    boolean negative = (se & 0x8000) != 0;
    long whole = integerPart(negative, e, sig, mode < 0 ? rounding() : mode);
    boolean fits =
        !carried
            && (negative
                ? Long.compareUnsigned(whole, 1L << (bits - 1)) <= 0
                : Long.compareUnsigned(whole, (1L << (bits - 1)) - 1) <= 0);
    if (!fits) {
      raised |= X87.IE;
      roundedUp = false;
      return indefinite;
    }
    if (fractional) {
      raised |= X87.PE;
    }
    return negative ? -whole : whole;
  }

  private boolean fractional;
  private boolean carried;

  /**
   * The magnitude rounded to an integer; sets {@link #fractional} and {@link #carried} (beyond 64
   * bits).
   */
  private long integerPart(boolean negative, int e, long sig, int mode) {
    long whole;
    long rest;
    if (e < -1) {
      whole = 0;
      rest = sig == 0 ? 0 : 1;
    } else if (e == -1) {
      whole = 0;
      rest = sig;
    } else if (e == 63) {
      whole = sig;
      rest = 0;
    } else {
      whole = sig >>> (63 - e);
      rest = sig << (e + 1);
    }
    fractional = rest != 0;
    boolean half = rest < 0;
    boolean up =
        switch (mode) {
          case 0 -> half && (rest << 1 != 0 || (whole & 1) != 0);
          case 1 -> negative && fractional;
          case 2 -> !negative && fractional;
          default -> false;
        };
    roundedUp = up;
    carried = up && whole == -1;
    return up ? whole + 1 : whole;
  }

  /** FRNDINT. */
  public void roundToInteger(int se, long sig) {
    if (nan(se, sig, se, sig)) {
      return;
    }
    int e = (se & MAX_EXPONENT) - BIAS;
    denormal(se, sig);
    if (isSpecial(se) || e >= 63 || sig == 0) {
      set(se, sig);
      return;
    }
    boolean negative = (se & 0x8000) != 0;
    long whole = integerPart(negative, e, sig, rounding());
    if (fractional) {
      raised |= X87.PE;
    }
    if (whole == 0) {
      setZero(negative);
    } else {
      int zeros = Long.numberOfLeadingZeros(whole);
      set((negative ? 0x8000 : 0) | BIAS + 63 - zeros, whole << zeros);
    }
  }

  /**
   * From an IEEE double or single, as a load: a signalling NaN is made quiet and raises IE, a
   * denormal raises DE.
   */
  public void fromBits(long bits, boolean single) {
    operandFromBits(bits, single);
    if (isSignalling(signExponent, significand)) {
      raised |= X87.IE;
      significand |= QUIET;
    }
  }

  /**
   * From an IEEE double or single, as an operand: a NaN stays as it is for the operation to judge;
   * a denormal raises DE.
   */
  public void operandFromBits(long bits, boolean single) {
    int exponentBits = single ? 8 : 11;
    int fractionBits = single ? 23 : 52;
    boolean negative = (bits >>> (exponentBits + fractionBits) & 1) != 0;
    int e = (int) (bits >>> fractionBits) & (1 << exponentBits) - 1;
    long fraction = bits & (1L << fractionBits) - 1;
    int sign = negative ? 0x8000 : 0;
    int bias = (1 << (exponentBits - 1)) - 1;
    long shifted = fraction << (63 - fractionBits);
    if (e == (1 << exponentBits) - 1) {
      set(sign | MAX_EXPONENT, INTEGER_BIT | shifted);
    } else if (e != 0) {
      set(sign | e - bias + BIAS, INTEGER_BIT | shifted);
    } else if (fraction == 0) {
      set(sign, 0);
    } else {
      raised |= X87.DE;
      int zeros = Long.numberOfLeadingZeros(shifted);
      set(sign | 1 - bias + BIAS - zeros, shifted << zeros);
    }
  }

  /** To an IEEE double or single, rounded; the bits are returned. */
  public long toBits(int se, long sig, boolean single) {
    int exponentBits = single ? 8 : 11;
    int fractionBits = single ? 23 : 52;
    int bias = (1 << (exponentBits - 1)) - 1;
    int top = (1 << exponentBits) - 1;
    long sign = (long) (se >> 15 & 1) << (exponentBits + fractionBits);
    long infinity = sign | (long) top << fractionBits;
    if (isUnsupported(se, sig)) {
      raised |= X87.IE;
      return (1L << (exponentBits + fractionBits))
          | (long) top << fractionBits
          | 1L << (fractionBits - 1);
    }
    if (isSpecial(se)) {
      if (sig == INTEGER_BIT) {
        return infinity;
      }
      raised |= isSignalling(se, sig) ? X87.IE : 0;
      return infinity | (sig | QUIET) << 1 >>> (64 - fractionBits);
    }
    if (sig == 0) {
      return sign;
    }
    boolean negative = sign != 0;
    int e = exponent(se, sig) - BIAS + bias;
    long x = normalized(sig);
    long low = 0;
    boolean tiny = e <= 0;
    if (tiny) {
      if (e == 0) {
        round(negative, x, 0, fractionBits + 1);
        tiny = !wrapped;
      }
      int shift = 1 - e;
      low = shift >= 64 ? 1 : x << (64 - shift);
      x = shift >= 64 ? 0 : x >>> shift;
      e = 0;
    }
    boolean inexact = round(negative, x, low, fractionBits + 1);
    long rounded = significand;
    if (wrapped) {
      rounded = INTEGER_BIT;
      e++;
    }
    if (e == 0 && rounded < 0) {
      e = 1;
    }
    if (e >= top) {
      overflow(negative, fractionBits + 1);
      boolean infinite = significand == INTEGER_BIT && isSpecial(signExponent);
      long largest = ((long) (top - 1) << fractionBits) | ((1L << fractionBits) - 1);
      return infinite ? infinity : sign | largest;
    }
    if (inexact) {
      raised |= X87.PE | (tiny ? X87.UE : 0);
    }
    return sign | (long) e << fractionBits | rounded << 1 >>> (64 - fractionBits);
  }

  /** a × 2^n for the integer part of b. */
  public void scale(int aSe, long a, int bSe, long b) {
    if (nan(aSe, a, bSe, b)) {
      return;
    }
    boolean bNegative = (bSe & 0x8000) != 0;
    boolean aNegative = (aSe & 0x8000) != 0;
    if (isInfinite(bSe, b)) {
      if (bNegative ? isInfinite(aSe, a) : isZero(aSe, a)) {
        invalid();
      } else if (bNegative) {
        denormal(aSe, a);
        setZero(aNegative);
      } else {
        denormal(aSe, a);
        setInfinity(aNegative);
      }
      return;
    }
    denormal(aSe, a);
    denormal(bSe, b);
    if (isInfinite(aSe, a) || a == 0) {
      set(aSe, a);
      return;
    }
    int e = (bSe & MAX_EXPONENT) - BIAS;
    int n = e < 0 || b == 0 ? 0 : e > 16 ? 0x10000 : (int) (b >>> (63 - e));
    pack(aNegative, exponent(aSe, a) + (bNegative ? -n : n), normalized(a), 0, 64);
  }

  /**
   * Quotient bits of the last {@link #remainder}: the low three, and whether it is only partial.
   */
  public int quotient;

  public boolean partial;

  /** FPREM ({@code nearest} false) and FPREM1. */
  public void remainder(int aSe, long a, int bSe, long b, boolean nearest) {
    quotient = 0;
    partial = false;
    if (nan(aSe, a, bSe, b)) {
      return;
    }
    if (isInfinite(aSe, a) || isZero(bSe, b)) {
      invalid();
      return;
    }
    denormal(aSe, a);
    denormal(bSe, b);
    boolean negative = (aSe & 0x8000) != 0;
    if (a == 0) {
      set(aSe, a);
      return;
    }
    if (isInfinite(bSe, b)) {
      pack(negative, exponent(aSe, a), normalized(a), 0, 64);
      return;
    }
    int aE = exponent(aSe, a);
    int bE = exponent(bSe, b);
    long x = normalized(a);
    long y = normalized(b);
    int distance = aE - bE;
    if (distance < -1 || (distance == -1 && !nearest)) {
      pack(negative, aE, x, 0, 64);
      return;
    }
    if (distance >= 64) {
      int n = 32 + distance % 32;
      reduce(negative, bE + distance - n, x, y, n);
      partial = true;
      return;
    }
    exact(negative, bE, x, y, distance, nearest);
  }

  /**
   * Subtracts the divisor, shifted, as often as it fits, over {@code n} steps down; the rest has
   * exponent {@code e}.
   */
  private void reduce(boolean negative, int e, long x, long y, int n) {
    long rest = remainderOf(x, y, n);
    finishRemainder(negative, e, rest);
  }

  private long quotientLow;

  /** (x · 2^n) mod y, with the quotient's low bits. */
  private long remainderOf(long x, long y, int n) {
    long rest = x;
    long q = 0;
    if (Long.compareUnsigned(rest, y) >= 0) {
      rest -= y;
      q = 1;
    }
    for (int k = 0; k < n; k++) {
      boolean top = rest < 0;
      rest <<= 1;
      q <<= 1;
      if (top || Long.compareUnsigned(rest, y) >= 0) {
        rest -= y;
        q |= 1;
      }
    }
    quotientLow = q;
    return rest;
  }

  private void exact(boolean negative, int bE, long x, long y, int distance, boolean nearest) {
    long rest;
    long q;
    boolean flip = false;
    if (distance < 0) {
      // The dividend is less than the divisor, but perhaps more than half of it.
      rest = x;
      q = 0;
      boolean above = Long.compareUnsigned(x, y) > 0;
      if (above) {
        // x / 2 > y / 2: nearer to one divisor than to none
        long difference = y - (x - y);
        finishRemainder(!negative, bE - 1, difference);
        quotient = 1;
        return;
      }
      pack(negative, bE + distance, rest, 0, 64);
      return;
    }
    rest = remainderOf(x, y, distance);
    q = quotientLow;
    if (nearest) {
      long twice = rest << 1;
      boolean over = rest < 0 || Long.compareUnsigned(twice, y) > 0;
      boolean tie = rest >= 0 && twice == y;
      if (over || (tie && (q & 1) != 0)) {
        rest = y - rest;
        q++;
        flip = true;
      }
    }
    quotient = (int) q & 7;
    finishRemainder(negative != flip, bE, rest);
    if (rest == 0) {
      setZero(negative);
    }
  }

  private void finishRemainder(boolean negative, int e, long rest) {
    if (rest == 0) {
      setZero(negative);
    } else {
      int zeros = Long.numberOfLeadingZeros(rest);
      pack(negative, e - zeros, rest << zeros, 0, 64);
    }
  }

  /** The nearest double, without raising anything. */
  public static double approximate(int se, long sig) {
    Float80 unit = new Float80();
    return Double.longBitsToDouble(unit.toBits(se, sig, false));
  }

  /** FXTRACT: the exponent as a real. The significand follows by {@link #significandOf}. */
  public static int unbiasedExponent(int se, long sig) {
    return exponent(se, sig) - BIAS;
  }

  /** FXTRACT: the value scaled into [1, 2). */
  public void significandOf(int se, long sig) {
    set((se & 0x8000) | BIAS, normalized(sig));
  }

  /** Whether zero, infinity or NaN: what FXTRACT treats apart. */
  public static boolean isFiniteNonZero(int se, long sig) {
    return !isSpecial(se) && sig != 0 && !isUnsupported(se, sig);
  }

  /**
   * FXTRACT of what is not finite and non-zero: sets the exponent part; the significand part is the
   * operand.
   */
  public void extractSpecial(int se, long sig) {
    if (nan(se, sig, se, sig)) {
      return;
    }
    if (sig == 0) {
      raised |= X87.ZE;
      setInfinity(true);
    } else {
      setInfinity(false);
    }
  }
}
