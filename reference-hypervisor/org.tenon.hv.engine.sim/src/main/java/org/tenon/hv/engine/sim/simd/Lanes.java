package org.tenon.hv.engine.sim.simd;

import java.util.function.IntBinaryOperator;

/** Operations on the lanes of one 64-bit half. */
public final class Lanes {
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Lanes() {}

  /** Applies to sign-extended bytes. */
  public static long bytes(long a, long b, IntBinaryOperator op) {
    long r = 0;
    for (int k = 0; k < 64; k += 8) {
      r |= (op.applyAsInt((byte) (a >>> k), (byte) (b >>> k)) & 0xffL) << k;
    }
    return r;
  }

  /** Applies to zero-extended bytes. */
  public static long unsignedBytes(long a, long b, IntBinaryOperator op) {
    long r = 0;
    for (int k = 0; k < 64; k += 8) {
      r |= (op.applyAsInt((int) (a >>> k) & 0xff, (int) (b >>> k) & 0xff) & 0xffL) << k;
    }
    return r;
  }

  /** Applies to sign-extended words. */
  public static long words(long a, long b, IntBinaryOperator op) {
    long r = 0;
    for (int k = 0; k < 64; k += 16) {
      r |= (op.applyAsInt((short) (a >>> k), (short) (b >>> k)) & 0xffffL) << k;
    }
    return r;
  }

  /** Applies to zero-extended words. */
  public static long unsignedWords(long a, long b, IntBinaryOperator op) {
    long r = 0;
    for (int k = 0; k < 64; k += 16) {
      r |= (op.applyAsInt((int) (a >>> k) & 0xffff, (int) (b >>> k) & 0xffff) & 0xffffL) << k;
    }
    return r;
  }

  /** Applies to doublewords. */
  public static long doublewords(long a, long b, IntBinaryOperator op) {
    return (op.applyAsInt((int) a, (int) b) & 0xffffffffL)
        | (long) op.applyAsInt((int) (a >>> 32), (int) (b >>> 32)) << 32;
  }

  /** PADDB. */
  public static long addBytes(long a, long b) {
    return (a & ~HIGH_BITS) + (b & ~HIGH_BITS) ^ ((a ^ b) & HIGH_BITS);
  }

  /** PSUBB. */
  public static long subtractBytes(long a, long b) {
    return (a | HIGH_BITS) - (b & ~HIGH_BITS) ^ ((a ^ ~b) & HIGH_BITS);
  }

  /** PCMPEQB. */
  public static long equalBytes(long a, long b) {
    long x = a ^ b;
    long nonZero = ((x & ~HIGH_BITS) + ~HIGH_BITS | x) & HIGH_BITS;
    return (~nonZero & HIGH_BITS) | (~nonZero & HIGH_BITS) - ((~nonZero & HIGH_BITS) >>> 7);
  }

  /** Clamps to the range of a signed byte. */
  public static int saturate8(int value) {
    return Math.clamp(value, -128, 127);
  }

  /** Clamps to the range of an unsigned byte. */
  public static int saturateU8(int value) {
    return Math.clamp(value, 0, 255);
  }

  /** Clamps to the range of a signed word. */
  public static int saturate16(int value) {
    return Math.clamp(value, -32768, 32767);
  }

  /** Clamps to the range of an unsigned word. */
  public static int saturateU16(int value) {
    return Math.clamp(value, 0, 65535);
  }

  /** PMADDWD. */
  public static long multiplyAdd(long a, long b) {
    int low = (short) a * (short) b + (short) (a >>> 16) * (short) (b >>> 16);
    int high = (short) (a >>> 32) * (short) (b >>> 32) + (short) (a >>> 48) * (short) (b >>> 48);
    return (low & 0xffffffffL) | (long) high << 32;
  }

  /** PMADDUBSW: unsigned bytes of {@code a}, signed bytes of {@code b}. */
  public static long multiplyAddBytes(long a, long b) {
    long r = 0;
    for (int k = 0; k < 64; k += 16) {
      int sum =
          ((int) (a >>> k) & 0xff) * (byte) (b >>> k)
              + ((int) (a >>> (k + 8)) & 0xff) * (byte) (b >>> (k + 8));
      r |= (saturate16(sum) & 0xffffL) << k;
    }
    return r;
  }

  /** PSADBW. */
  public static long sumOfDifferences(long a, long b) {
    long sum = 0;
    for (int k = 0; k < 64; k += 8) {
      sum += Math.abs(((int) (a >>> k) & 0xff) - ((int) (b >>> k) & 0xff));
    }
    return sum;
  }

  /** Shifts each lane left; all zero from the lane's width on. */
  public static long shiftLeft(long a, int width, long count) {
    if (Long.compareUnsigned(count, width) >= 0) {
      return 0;
    }
    int n = (int) count;
    return width == 64 ? a << n : a << n & replicate(((1L << width) - 1) << n, width);
  }

  /** Shifts each lane right, logically. */
  public static long shiftRight(long a, int width, long count) {
    if (Long.compareUnsigned(count, width) >= 0) {
      return 0;
    }
    int n = (int) count;
    return width == 64 ? a >>> n : a >>> n & replicate(((1L << width) - 1) >>> n, width);
  }

  /** Shifts each lane right, arithmetically; counts beyond the width act as the width less 1. */
  public static long shiftRightSigned(long a, int width, long count) {
    int n = Long.compareUnsigned(count, width) >= 0 ? width - 1 : (int) count;
    return width == 16 ? words(a, 0, (x, y) -> x >> n) : doublewords(a, 0, (x, y) -> x >> n);
  }

  private static long replicate(long mask, int width) {
    long lane = mask & (1L << width) - 1;
    return width == 16 ? lane | lane << 16 | lane << 32 | lane << 48 : lane | lane << 32;
  }
}
