package org.tenon.hv.engine.sim.fpu;

/**
 * What the arithmetic on 80-bit reals stands on: classification, NaN rules, and rounding under a control word. A value is a
 * significand of 64 bits and a word of sign and biased exponent; results are left in {@link #significand} and {@link
 * #signExponent}.
 *
 * <p>Exceptions are raised as if masked; the caller decides what an unmasked one changes.
 */
abstract class Rounding80 {
  static final int BIAS = 16383;
  static final int MAX_EXPONENT = 0x7fff;
  static final long INTEGER_BIT = Long.MIN_VALUE;
  static final long QUIET = 0x4000000000000000L;
  static final long INDEFINITE = 0xc000000000000000L;

  /** The result. */
  public long significand;

  public int signExponent;

  /** Exception flags raised since {@link #begin(int)}. */
  public int raised;

  /** Whether the last rounding went away from zero (C1). */
  public boolean roundedUp;

  int control = 0x37f;

  /** Starts an instruction under a control word. */
  public void begin(int controlWord) {
    control = controlWord;
    raised = 0;
    roundedUp = false;
  }

  int rounding() {
    return control >> 10 & 3;
  }

  int precision() {
    return switch (control >> 8 & 3) {
      case 0 -> 24;
      case 2 -> 53;
      default -> 64;
    };
  }

  // ---- Classification

  /** Infinity or NaN. */
  public static boolean isSpecial(int se) {
    return (se & MAX_EXPONENT) == MAX_EXPONENT;
  }

  /** A NaN. */
  public static boolean isNan(int se, long sig) {
    return isSpecial(se) && sig << 1 != 0 && sig < 0;
  }

  static boolean isInfinite(int se, long sig) {
    return isSpecial(se) && sig == INTEGER_BIT;
  }

  /** An encoding that today's processors do not support. */
  public static boolean isUnsupported(int se, long sig) {
    return (se & MAX_EXPONENT) != 0 && sig >= 0;
  }

  static boolean isZero(int se, long sig) {
    return (se & MAX_EXPONENT) == 0 && sig == 0;
  }

  static boolean isDenormal(int se, long sig) {
    return (se & MAX_EXPONENT) == 0 && sig != 0;
  }

  static boolean isSignalling(int se, long sig) {
    return isNan(se, sig) && (sig & QUIET) == 0;
  }

  // ---- Results

  /** Sets the result as it is. */
  public void set(int se, long sig) {
    signExponent = se;
    significand = sig;
  }

  void setZero(boolean negative) {
    set(negative ? 0x8000 : 0, 0);
  }

  void setInfinity(boolean negative) {
    set(negative ? 0xffff : 0x7fff, INTEGER_BIT);
  }

  /** The default NaN, with IE. */
  public void invalid() {
    raised |= X87.IE;
    set(0xffff, INDEFINITE);
  }

  /** Handles NaN and unsupported operands; true if the result is settled. */
  boolean nan(int aSe, long a, int bSe, long b) {
    if (isUnsupported(aSe, a) || isUnsupported(bSe, b)) {
      invalid();
      return true;
    }
    boolean aNan = isNan(aSe, a);
    boolean bNan = isNan(bSe, b);
    if (!aNan && !bNan) {
      return false;
    }
    boolean aSignals = isSignalling(aSe, a);
    boolean bSignals = isSignalling(bSe, b);
    if (aSignals || bSignals) {
      raised |= X87.IE;
    }
    boolean takeA;
    if (aNan && bNan) {
      if (aSignals != bSignals) {
        takeA = bSignals;
      } else {
        int order = Long.compareUnsigned(a | QUIET, b | QUIET);
        takeA = order > 0 || (order == 0 && aSe < bSe);
      }
    } else {
      takeA = aNan;
    }
    set(takeA ? aSe : bSe, (takeA ? a : b) | QUIET);
    return true;
  }

  void denormal(int se, long sig) {
    if (isDenormal(se, sig)) {
      raised |= X87.DE;
    }
  }

  /** Biased exponent as if the significand were normalized. */
  static int exponent(int se, long sig) {
    int e = se & MAX_EXPONENT;
    return (e == 0 ? 1 : e) - Long.numberOfLeadingZeros(sig);
  }

  static long normalized(long sig) {
    return sig << Long.numberOfLeadingZeros(sig);
  }

  /**
   * Rounds and packs.
   *
   * @param e biased exponent, of any size
   * @param hi significand with its top bit set
   * @param lo what follows it; its lowest bit may stand for any more
   */
  void pack(boolean negative, int e, long hi, long lo) {
    pack(negative, e, hi, lo, precision());
  }

  void pack(boolean negative, int e, long hi, long lo, int precision) {
    int exponent = e;
    long high = hi;
    long low = lo;
    boolean tiny = exponent <= 0 && !carriesToNormal(negative, exponent, hi, lo, precision);
    if (exponent <= 0) {
      int shift = 1 - exponent;
      if (shift >= 64) {
        low = shift == 64 ? high | (low != 0 ? 1 : 0) : 1;
        high = 0;
      } else {
        low = high << (64 - shift) | low >>> shift | (low << (64 - shift) != 0 ? 1 : 0);
        high >>>= shift;
      }
      exponent = 0;
    }
    boolean inexact = round(negative, high, low, precision);
    high = significand;
    if (high == 0 && wrapped) {
      high = INTEGER_BIT;
      exponent++;
    }
    if (exponent == 0 && high < 0) {
      exponent = 1;
    }
    if (exponent >= MAX_EXPONENT) {
      overflow(negative, precision);
      return;
    }
    if (inexact) {
      raised |= X87.PE | (tiny ? X87.UE : 0);
    }
    set((negative ? 0x8000 : 0) | exponent, high);
  }

  boolean wrapped;

  /** Rounds to a precision; leaves the significand, tells whether it changed; a carry out sets {@link #wrapped}. */
  boolean round(boolean negative, long hi, long lo, int precision) {
    int unused = 64 - precision;
    long unit = 1L << unused;
    boolean half;
    boolean sticky;
    if (unused == 0) {
      half = lo < 0;
      sticky = lo << 1 != 0;
    } else {
      half = (hi & unit >>> 1) != 0;
      sticky = (hi & (unit >>> 1) - 1) != 0 || lo != 0;
    }
    boolean odd = (hi & unit) != 0;
    boolean up =
        switch (rounding()) {
          case 0 -> half && (sticky || odd);
          case 1 -> negative && (half || sticky);
          case 2 -> !negative && (half || sticky);
          default -> false;
        };
    long kept = hi & -unit;
    significand = up ? kept + unit : kept;
    wrapped = up && significand == 0 && kept != 0;
    roundedUp = up;
    return half || sticky;
  }

  boolean carriesToNormal(boolean negative, int e, long hi, long lo, int precision) {
    if (e != 0) {
      return false;
    }
    round(negative, hi, lo, precision);
    return wrapped;
  }

  void overflow(boolean negative, int precision) {
    raised |= X87.OE | X87.PE;
    boolean toInfinity =
        switch (rounding()) {
          case 0 -> true;
          case 1 -> negative;
          case 2 -> !negative;
          default -> false;
        };
    roundedUp = toInfinity;
    if (toInfinity) {
      setInfinity(negative);
    } else {
      set((negative ? 0x8000 : 0) | 0x7ffe, -1L << (64 - precision));
    }
  }
}
