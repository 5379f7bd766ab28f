package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tenon.hv.platform.boot.BootException;

/**
 * Guests that abuse the whole machine: nothing is thrown, and every run ends when it is told to.
 * {@code mvn verify} plays the corpus and a seeded run; the fuzzer itself runs with JAZZER_FUZZ=1
 * (docs/how-to/fuzz.md).
 */
class GuestFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void guest(byte[] input) throws BootException {
    var _ = GuestProgram.run(input);
  }

  @Test
  @Timeout(120)
  void seeded() throws BootException {
    Random random = new Random(20261122);
    Map<Outcome.Kind, Integer> outcomes = new EnumMap<>(Outcome.Kind.class);
    for (int k = 0; k < 150; k++) {
      outcomes.merge(GuestProgram.run(GuestProgram.random(random)).kind(), 1, Integer::sum);
    }
    assertThat(outcomes).containsKeys(Outcome.Kind.STOPPED, Outcome.Kind.RESET);
  }
}
