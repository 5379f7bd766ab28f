package org.tenon.hv.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.EnumMap;
import java.util.Map;
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
  @Timeout(1_200)
  void seeded() {
    Random random = new Random(Long.getLong("tenon.fuzz.seed", 20261122));
    int programs = Integer.getInteger("tenon.fuzz.programs", 3_000);
    CodeProgram.Mode[] modes = CodeProgram.Mode.values();
    Map<CodeProgram.Mode, Long> retired = new EnumMap<>(CodeProgram.Mode.class);
    for (int k = 0; k < programs; k++) {
      byte[] input = new byte[9 + 256];
      random.nextBytes(input);
      int mode = k % modes.length;
      input[0] = (byte) mode;
      retired.merge(modes[mode], CodeProgram.run(input), Long::sum);
    }
    for (CodeProgram.Mode mode : modes) {
      assertThat(retired.get(mode))
          .as("instructions that did run in mode %s", mode)
          .isGreaterThan(programs / modes.length);
    }
  }
}
