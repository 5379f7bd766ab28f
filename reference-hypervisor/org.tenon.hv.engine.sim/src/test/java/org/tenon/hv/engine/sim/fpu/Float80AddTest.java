package org.tenon.hv.engine.sim.fpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Sums against exact arithmetic, at the distances at which one operand falls off the other's end.
 */
class Float80AddTest {
  private static final int DOUBLE_EXTENDED_NEAREST = 0x37f;
  private static final int ONE = 0x3fff;

  private final Float80 sum = new Float80();

  @Test
  void halfWayBelowOneIsATieAndGoesToOne() {
    sum.begin(DOUBLE_EXTENDED_NEAREST);
    sum.add(0x8000 | ONE, 1L << 63, ONE - 65, 1L << 63, false);
    assertThat(sum.signExponent).isEqualTo(0x8000 | ONE);
    assertThat(sum.significand).isEqualTo(1L << 63);
  }

  @Test
  void agreesWithExactArithmetic() {
    Random random = new Random(80);
    for (int i = 0; i < 100_000; i++) {
      long a = significand(random);
      long b = significand(random);
      int distance = random.nextInt(135);
      boolean subtract = random.nextBoolean();
      sum.begin(DOUBLE_EXTENDED_NEAREST);
      sum.add(ONE, a, ONE - distance, b, subtract);
      BigInteger big = unsigned(a).shiftLeft(distance);
      check(
          subtract ? big.subtract(unsigned(b)) : big.add(unsigned(b)),
          distance,
          "%x %s %x >> %d".formatted(a, subtract ? "-" : "+", b, distance));
    }
  }

  /** Few bits, often the ones at the ends, so that ties are common. */
  private static long significand(Random random) {
    int one = random.nextInt(64);
    int other = random.nextInt(64);
    long few = 1L << one | 1L << other;
    return 1L << 63 | (random.nextBoolean() ? few : random.nextBoolean() ? 0 : random.nextLong());
  }

  private static BigInteger unsigned(long significand) {
    return new BigInteger(Long.toUnsignedString(significand));
  }

  private void check(BigInteger exact, int scale, String what) {
    if (exact.signum() == 0) {
      assertThat(sum.significand).as(what).isZero();
      return;
    }
    BigInteger magnitude = exact.abs();
    int excess = magnitude.bitLength() - 64;
    BigInteger rounded = excess <= 0 ? magnitude.shiftLeft(-excess) : half(magnitude, excess);
    if (rounded.bitLength() > 64) {
      rounded = rounded.shiftRight(1);
      excess++;
    }
    assertThat(Long.toHexString(sum.significand))
        .as(what)
        .isEqualTo(Long.toHexString(rounded.longValue()));
    int sign = exact.signum() < 0 ? 0x8000 : 0;
    assertThat(sum.signExponent).as(what).isEqualTo(sign | ONE - scale + excess);
  }

  /** Without its lowest bits, to the nearest, ties to even. */
  private static BigInteger half(BigInteger magnitude, int bits) {
    BigInteger kept = magnitude.shiftRight(bits);
    BigInteger rest = magnitude.subtract(kept.shiftLeft(bits));
    int order = rest.compareTo(BigInteger.ONE.shiftLeft(bits - 1));
    return order > 0 || (order == 0 && kept.testBit(0)) ? kept.add(BigInteger.ONE) : kept;
  }
}
