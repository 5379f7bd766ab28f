package org.tenon.samples.blocknbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a plain set of bits. */
class CoverageTest {
  private static final int LENGTH = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void agreesWithASetOfBits(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Coverage coverage = new Coverage();
    for (int round = 0; round < 50; round++) {
      coverage.clear();
      BitSet bits = new BitSet(LENGTH);
      for (int step = 0; step < 200; step++) {
        int start = random.nextInt(LENGTH);
        int length = random.nextInt(1, Math.min(40, LENGTH - start) + 1);
        boolean isNew = bits.get(start, start + length).isEmpty();
        assertThat(coverage.add(start, length))
            .as("[%d, +%d) of %s", start, length, bits)
            .isEqualTo(isNew);
        if (isNew) {
          bits.set(start, start + length);
        }
        assertThat(coverage.isWhole(LENGTH)).isEqualTo(bits.cardinality() == LENGTH);
      }
    }
  }
}
