package org.tenon.hv.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Any bytes as code, in every mode, with any answer to every exit: no host exception, no write
 * outside RAM, no run that does not come back. {@code mvn verify} plays the corpus and a seeded
 * run; the fuzzer itself runs with JAZZER_FUZZ=1 (docs/how-to/fuzz.md).
 */
class CodeFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void code(byte[] input) {
    var _ = CodeProgram.run(input);
  }

  @Test
  @Timeout(120)
  void seeded() {
    Random random = new Random(Long.getLong("tenon.fuzz.seed", 20261122));
    int programs = Integer.getInteger("tenon.fuzz.programs", 3_000);
    long[] retired = new long[CodeProgram.Mode.values().length];
    for (int k = 0; k < programs; k++) {
      byte[] input = new byte[9 + 256];
      random.nextBytes(input);
      int mode = k % retired.length;
      input[0] = (byte) mode;
      retired[mode] += CodeProgram.run(input);
    }
    for (int mode = 0; mode < retired.length; mode++) {
      assertThat(retired[mode])
          .as("instructions that did run in mode number %d", mode)
          .isGreaterThan(programs / retired.length);
    }
  }
}
