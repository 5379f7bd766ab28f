package org.tenon.tck.core;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.tenon.api.Stability;

/**
 * Where every random choice of a run comes from. Printed as sixteen hexadecimal digits, so that a
 * run can be repeated.
 *
 * @param value any 64 bits
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Seed(long value) {
  /**
   * A generator whose algorithm the Java specification fixes, so that a seed means the same on
   * every JDK.
   */
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  /**
   * Reads {@code 0x} and up to sixteen hexadecimal digits, or a decimal number.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Seed parse(String text) {
    try {
      return new Seed(
          text.startsWith("0x")
              ? Long.parseUnsignedLong(text.substring(2), 16)
              : Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no seed: give 0x and up to 16 hexadecimal digits, or a whole number",
          e);
    }
  }

  /**
   * The seed of a part of the run. The name alone decides, so that a part makes the same choices in
   * whatever order and company it runs.
   */
  public Seed derive(String name) {
    long mixed = mix(value);
    for (byte unit : name.getBytes(StandardCharsets.UTF_8)) {
      mixed = mix(mixed ^ unit);
    }
    return new Seed(mixed);
  }

  /** A generator at its beginning, for one thread. */
  public RandomGenerator random() {
    return GENERATORS.create(value);
  }

  @Override
  public String toString() {
    return "0x%016x".formatted(value);
  }

  /**
   * The finalizer of SplitMix64 after one step of its sequence: every input bit reaches every
   * output bit.
   */
  private static long mix(long bits) {
    long mixed = bits + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
