package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tenon.hv.virtio.RingError;

/**
 * Rings written by a hostile driver. {@code mvn verify} plays the corpus and a seeded run; the
 * fuzzer itself runs with JAZZER_FUZZ=1 (docs/how-to/fuzz.md).
 */
class RingFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void ring(byte[] input) {
    var _ = RingProgram.run(input);
  }

  /** Reaches every way to break a ring that this RAM has room for, and buffers in plenty. */
  @Test
  void seeded() {
    Random random = new Random(20261122);
    Set<RingError> errors = EnumSet.noneOf(RingError.class);
    int popped = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] input = new byte[random.nextInt(400)];
      random.nextBytes(input);
      RingProgram.Seen seen = RingProgram.run(input);
      popped += seen.popped();
      if (seen.error() != null) {
        errors.add(seen.error());
      }
    }
    assertThat(popped).isGreaterThan(5_000);
    assertThat(EnumSet.complementOf(EnumSet.copyOf(errors)))
        .containsExactlyInAnyOrder(RingError.CHAIN_TOO_LARGE, RingError.NO_STATUS);
  }
}
