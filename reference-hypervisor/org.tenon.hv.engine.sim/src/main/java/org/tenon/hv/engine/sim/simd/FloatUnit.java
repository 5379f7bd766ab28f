package org.tenon.hv.engine.sim.simd;

import java.math.BigDecimal;

/**
 * SSE arithmetic on bit patterns under an MXCSR value: rounding modes, flush-to-zero,
 * denormals-are-zero, NaN rules, and the exception flags that an operation raises. Single precision
 * is computed in double precision wherever that is exact.
 *
 * <p>Results are the host's own IEEE 754 results, corrected by one unit in the last place for
 * directed rounding; the sign of the rounding error comes from error-free transformations. Once the
 * inexact flag is set and rounding is to nearest, that error is not needed any more and is not
 * computed.
 */
public final class FloatUnit {
  public static final int IE = 1;
  public static final int DE = 2;
  public static final int ZE = 4;
  public static final int OE = 8;
  public static final int UE = 0x10;
  public static final int PE = 0x20;

  private static final int DAZ = 0x40;
  private static final int FTZ = 0x8000;
  private static final int UM = 0x800;
  private static final int ROUNDING = 0x6000;

  private static final long QUIET64 = 0x0008000000000000L;
  private static final int QUIET32 = 0x00400000;
  private static final long DEFAULT_NAN64 = 0xfff8000000000000L;
  private static final int DEFAULT_NAN32 = 0xffc00000;

  /** Control bits in force. */
  private int mxcsr;

  /** Flags raised since {@link #begin(int)}. */
  private int raised;

  /** The operations. */
  public enum Op {
    ADD,
    SUB,
    MUL,
    DIV,
    MIN,
    MAX,
    SQRT
  }

  /** Starts an instruction. */
  public void begin(int control) {
    mxcsr = control;
    raised = 0;
  }

  /** Exception flags raised by the instruction so far. */
  public int raised() {
    return raised;
  }

  private boolean needError() {
    return (mxcsr & (PE | ROUNDING)) != PE;
  }

  /** Rounding mode: 0 nearest even, 1 down, 2 up, 3 to zero. */
  public int rounding() {
    return mxcsr >> 13 & 3;
  }

  /** Applies an operation to doubles; SQRT uses {@code b} alone. */
  public long apply64(Op op, long aBits, long bBits) {
    long x = op == Op.SQRT ? bBits : daz64(aBits);
    long y = daz64(bBits);
    double a = Double.longBitsToDouble(x);
    double b = Double.longBitsToDouble(y);
    if (op == Op.MIN || op == Op.MAX) {
      return minMax64(op, x, y, a, b);
    }
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return nan64(op == Op.SQRT ? y : x, y);
    }
    if (op == Op.SQRT) {
      a = b;
    }
    double r =
        switch (op) {
          case ADD -> a + b;
          case SUB -> a - b;
          case MUL -> a * b;
          case DIV -> a / b;
          default -> Math.sqrt(b);
        };
    if (Double.isNaN(r)) {
      raised |= IE;
      return DEFAULT_NAN64;
    }
    if (op == Op.DIV && b == 0 && !Double.isInfinite(a)) {
      raised |= ZE;
      return Double.doubleToRawLongBits(r);
    }
    denormals64(op, a, b);
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return Double.doubleToRawLongBits(r);
    }
    boolean check = needError() || Double.isInfinite(r) || Math.abs(r) < Double.MIN_NORMAL;
    return check ? finish64(r, error64(op, a, b, r), op, a, b) : Double.doubleToRawLongBits(r);
  }

  private long daz64(long bits) {
    boolean denormal = (bits & 0x7ff0000000000000L) == 0 && bits << 1 != 0;
    return denormal && (mxcsr & DAZ) != 0 ? bits & Long.MIN_VALUE : bits;
  }

  private void denormals64(Op op, double a, double b) {
    if ((op != Op.SQRT && denormal(a)) || denormal(b)) {
      raised |= DE;
    }
  }

  private static boolean denormal(double v) {
    return v != 0 && Math.abs(v) < Double.MIN_NORMAL;
  }

  private static boolean denormal(float v) {
    return v != 0 && Math.abs(v) < Float.MIN_NORMAL;
  }

  /** The first NaN, made quiet. */
  private long nan64(long a, long b) {
    boolean aNan = isNan64(a);
    if ((aNan && (a & QUIET64) == 0) || (isNan64(b) && (b & QUIET64) == 0)) {
      raised |= IE;
    }
    return (aNan ? a : b) | QUIET64;
  }

  private static boolean isNan64(long bits) {
    return (bits & Long.MAX_VALUE) > 0x7ff0000000000000L;
  }

  private static boolean isNan32(int bits) {
    return (bits & Integer.MAX_VALUE) > 0x7f800000;
  }

  private long minMax64(Op op, long x, long y, double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      raised |= IE;
      return y;
    }
    denormals64(op, a, b);
    if (a == b) {
      return y;
    }
    return (op == Op.MIN ? a < b : a > b) ? x : y;
  }

  /** The sign of the exact result minus {@code r}. */
  private static int error64(Op op, double a, double b, double r) {
    if (Double.isInfinite(r)) {
      return r > 0 ? -1 : 1;
    }
    return switch (op) {
      case ADD -> sumError(a, b, r);
      case SUB -> sumError(a, -b, r);
      case MUL ->
          exponentSafe(r)
              ? sign(Math.fma(a, b, -r))
              : exactProduct(a, b).compareTo(new BigDecimal(r));
      case DIV ->
          sign(b)
              * (exponentSafe(a) && exponentSafe(r)
                  ? sign(Math.fma(-r, b, a))
                  : new BigDecimal(a).compareTo(exactProduct(r, b)));
      default ->
          exponentSafe(b)
              ? sign(Math.fma(-r, r, b))
              : new BigDecimal(b).compareTo(exactProduct(r, r));
    };
  }

  private static BigDecimal exactProduct(double a, double b) {
    return new BigDecimal(a).multiply(new BigDecimal(b));
  }

  /** Far enough from underflow and overflow for a fused multiply-add to give the exact error. */
  private static boolean exponentSafe(double v) {
    int e = Math.getExponent(v);
    return e > -900 && e < 1000;
  }

  private static int sign(double v) {
    return v > 0 ? 1 : v < 0 ? -1 : 0;
  }

  private static int sumError(double a, double b, double r) {
    double bb = r - a;
    return Double.isFinite(bb)
        ? sign((a - (r - bb)) + (b - bb))
        : new BigDecimal(a).add(new BigDecimal(b)).compareTo(new BigDecimal(r));
  }

  private long finish64(double nearest, int error, Op op, double a, double b) {
    double r = nearest;
    int mode = rounding();
    if (error != 0) {
      raised |= PE;
      if ((mode == 1 && error < 0) || (mode == 3 && error < 0 && r > 0)) {
        r = Math.nextDown(r);
      } else if ((mode == 2 && error > 0) || (mode == 3 && error > 0 && r < 0)) {
        r = Math.nextUp(r);
      }
    } else if (r == 0 && mode == 1 && (op == Op.ADD || op == Op.SUB)) {
      boolean bothPositive = isPositive(a) && isPositive(op == Op.SUB ? -b : b);
      r = bothPositive ? 0.0 : -0.0;
    }
    if (Double.isInfinite(nearest) || Double.isInfinite(r)) {
      raised |= OE;
    }
    if (denormal(nearest) || denormal(r) || (r == 0 && error != 0)) {
      return tiny64(r, error);
    }
    return Double.doubleToRawLongBits(r);
  }

  private static boolean isPositive(double v) {
    return Double.doubleToRawLongBits(v) >= 0;
  }

  private long tiny64(double r, int error) {
    boolean masked = (mxcsr & UM) != 0;
    if (masked && (mxcsr & FTZ) != 0) {
      raised |= UE | PE;
      return Double.doubleToRawLongBits(r) & Long.MIN_VALUE;
    }
    if (error != 0 || !masked) {
      raised |= UE;
    }
    return Double.doubleToRawLongBits(r);
  }

  /** Applies an operation to singles; SQRT uses {@code b} alone. */
  public int apply32(Op op, int aBits, int bBits) {
    int x = op == Op.SQRT ? bBits : daz32(aBits);
    int y = daz32(bBits);
    float a = Float.intBitsToFloat(x);
    float b = Float.intBitsToFloat(y);
    if (op == Op.MIN || op == Op.MAX) {
      return minMax32(op, x, y, a, b);
    }
    if (Float.isNaN(a) || Float.isNaN(b)) {
      return nan32(op == Op.SQRT ? y : x, y);
    }
    float r =
        switch (op) {
          case ADD -> a + b;
          case SUB -> a - b;
          case MUL -> a * b;
          case DIV -> a / b;
          default -> (float) Math.sqrt(b);
        };
    if (Float.isNaN(r)) {
      raised |= IE;
      return DEFAULT_NAN32;
    }
    if (op == Op.DIV && b == 0 && !Float.isInfinite(a)) {
      raised |= ZE;
      return Float.floatToRawIntBits(r);
    }
    if ((op != Op.SQRT && denormal(a)) || denormal(b)) {
      raised |= DE;
    }
    if (Float.isInfinite(a) || Float.isInfinite(b)) {
      return Float.floatToRawIntBits(r);
    }
    return finish32(r, error32(op, a, b, r), op, a, b);
  }

  private int daz32(int bits) {
    boolean denormal = (bits & 0x7f800000) == 0 && bits << 1 != 0;
    return denormal && (mxcsr & DAZ) != 0 ? bits & Integer.MIN_VALUE : bits;
  }

  private int nan32(int a, int b) {
    boolean aNan = isNan32(a);
    if ((aNan && (a & QUIET32) == 0) || (isNan32(b) && (b & QUIET32) == 0)) {
      raised |= IE;
    }
    return (aNan ? a : b) | QUIET32;
  }

  private int minMax32(Op op, int x, int y, float a, float b) {
    if (Float.isNaN(a) || Float.isNaN(b)) {
      raised |= IE;
      return y;
    }
    if (denormal(a) || denormal(b)) {
      raised |= DE;
    }
    if (a == b) {
      return y;
    }
    return (op == Op.MIN ? a < b : a > b) ? x : y;
  }

  private static int error32(Op op, float a, float b, float r) {
    if (Float.isInfinite(r)) {
      return r > 0 ? -1 : 1;
    }
    double exactR = r;
    return switch (op) {
      case ADD -> sumError32(a, b, r);
      case SUB -> sumError32(a, -b, r);
      case MUL -> Double.compare((double) a * b + 0.0, exactR + 0.0);
      case DIV -> sign(b) * Double.compare((double) a + 0.0, exactR * b + 0.0);
      default -> Double.compare((double) b + 0.0, exactR * exactR + 0.0);
    };
  }

  private static int sumError32(float a, float b, float r) {
    float bb = r - a;
    return Float.isFinite(bb)
        ? sign((a - (r - bb)) + (b - bb))
        : new BigDecimal(a).add(new BigDecimal(b)).compareTo(new BigDecimal(r));
  }

  private int finish32(float nearest, int error, Op op, float a, float b) {
    float r = nearest;
    int mode = rounding();
    if (error != 0) {
      raised |= PE;
      if ((mode == 1 && error < 0) || (mode == 3 && error < 0 && r > 0)) {
        r = Math.nextDown(r);
      } else if ((mode == 2 && error > 0) || (mode == 3 && error > 0 && r < 0)) {
        r = Math.nextUp(r);
      }
    } else if (r == 0 && mode == 1 && (op == Op.ADD || op == Op.SUB)) {
      boolean bothPositive = isPositive(a) && isPositive(op == Op.SUB ? -b : b);
      r = bothPositive ? 0.0f : -0.0f;
    }
    if (Float.isInfinite(nearest) || Float.isInfinite(r)) {
      raised |= OE;
    }
    if (denormal(nearest) || denormal(r) || (r == 0 && error != 0)) {
      return tiny32(r, error);
    }
    return Float.floatToRawIntBits(r);
  }

  private int tiny32(float r, int error) {
    boolean masked = (mxcsr & UM) != 0;
    if (masked && (mxcsr & FTZ) != 0) {
      raised |= UE | PE;
      return Float.floatToRawIntBits(r) & Integer.MIN_VALUE;
    }
    if (error != 0 || !masked) {
      raised |= UE;
    }
    return Float.floatToRawIntBits(r);
  }

  /**
   * Compares; -1, 0, 1, or 2 for unordered. Any NaN raises IE if {@code signalling}, else only a
   * signalling one does.
   */
  public int compare64(long aBits, long bBits, boolean signalling) {
    long x = daz64(aBits);
    long y = daz64(bBits);
    if (isNan64(x) || isNan64(y)) {
      boolean signal = (isNan64(x) && (x & QUIET64) == 0) || (isNan64(y) && (y & QUIET64) == 0);
      raised |= signalling || signal ? IE : 0;
      return 2;
    }
    double a = Double.longBitsToDouble(x);
    double b = Double.longBitsToDouble(y);
    raised |= denormal(a) || denormal(b) ? DE : 0;
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** As {@link #compare64}, for singles. */
  public int compare32(int aBits, int bBits, boolean signalling) {
    int x = daz32(aBits);
    int y = daz32(bBits);
    if (isNan32(x) || isNan32(y)) {
      boolean signal = (isNan32(x) && (x & QUIET32) == 0) || (isNan32(y) && (y & QUIET32) == 0);
      raised |= signalling || signal ? IE : 0;
      return 2;
    }
    float a = Float.intBitsToFloat(x);
    float b = Float.intBitsToFloat(y);
    raised |= denormal(a) || denormal(b) ? DE : 0;
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** A single's value, denormals zero if so set; raises nothing. */
  public double flushed(int bits) {
    return Float.intBitsToFloat(daz32(bits));
  }

  /** Single to double. */
  public long widen(int bits) {
    int x = daz32(bits);
    if (isNan32(x)) {
      raised |= (x & QUIET32) == 0 ? IE : 0;
      long sign = (long) (x & Integer.MIN_VALUE) << 32;
      return sign | 0x7ff0000000000000L | QUIET64 | (long) (x & 0x7fffff) << 29;
    }
    float a = Float.intBitsToFloat(x);
    raised |= denormal(a) ? DE : 0;
    return Double.doubleToRawLongBits(a);
  }

  /** Double to single. */
  public int narrow(long bits) {
    long x = daz64(bits);
    if (isNan64(x)) {
      raised |= (x & QUIET64) == 0 ? IE : 0;
      int sign = (int) (x >>> 32) & Integer.MIN_VALUE;
      return sign | 0x7f800000 | QUIET32 | ((int) (x >>> 29) & 0x7fffff);
    }
    double a = Double.longBitsToDouble(x);
    raised |= denormal(a) ? DE : 0;
    float r = (float) a;
    if (Double.isInfinite(a)) {
      return Float.floatToRawIntBits(r);
    }
    int error = Float.isInfinite(r) ? (r > 0 ? -1 : 1) : Double.compare(a + 0.0, r + 0.0);
    return finish32(r, error, Op.MUL, 0, 0);
  }

  /** Rounds to an integral value in a mode (0 to 3), without raising anything. */
  public static double integral(double v, int mode) {
    return switch (mode) {
      case 0 -> Math.rint(v);
      case 1 -> Math.floor(v);
      case 2 -> Math.ceil(v);
      default -> v < 0 ? Math.ceil(v) : Math.floor(v);
    };
  }

  /**
   * To a signed integer of 32 or 64 bits.
   *
   * @param mode the rounding mode, 3 for the truncating instructions
   * @return the integer, or the indefinite integer (only the top bit set), with IE raised
   */
  public long toInteger(double v, boolean wide, int mode) {
    double a = (mxcsr & DAZ) != 0 && denormal(v) ? Math.copySign(0.0, v) : v;
    double r = integral(a, mode);
    double limit = wide ? 0x1p63 : 0x1p31;
    if (!(r >= -limit && r < limit)) {
      raised |= IE;
      return wide ? Long.MIN_VALUE : 0x80000000L;
    }
    raised |= r == a ? 0 : PE;
    return (long) r;
  }

  /** From a signed integer to double. */
  public long fromInteger64(long v) {
    double r = v;
    int error = r == 0x1p63 ? -1 : Long.compare(v, (long) r);
    return finish64(r, error, Op.MUL, 0, 0);
  }

  /** From a signed integer to single. */
  public int fromInteger32(long v) {
    float r = v;
    int error = r == 0x1p63f ? -1 : Long.compare(v, (long) r);
    return finish32(r, error, Op.MUL, 0, 0);
  }

  /** ROUNDSD and relatives. */
  public long round64(long bits, int mode, boolean exactOnly) {
    long x = daz64(bits);
    if (isNan64(x)) {
      return nan64(x, x);
    }
    double a = Double.longBitsToDouble(x);
    double r = Math.copySign(integral(a, mode), a);
    if (r != a && !exactOnly) {
      raised |= PE;
    }
    return Double.doubleToRawLongBits(r);
  }

  /** ROUNDSS and relatives. */
  public int round32(int bits, int mode, boolean exactOnly) {
    int x = daz32(bits);
    if (isNan32(x)) {
      return nan32(x, x);
    }
    float a = Float.intBitsToFloat(x);
    float r = Math.copySign((float) integral(a, mode), a);
    if (r != a && !exactOnly) {
      raised |= PE;
    }
    return Float.floatToRawIntBits(r);
  }
}
