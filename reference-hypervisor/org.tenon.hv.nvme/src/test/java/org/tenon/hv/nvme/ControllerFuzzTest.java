package org.tenon.hv.nvme;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A hostile guest before the whole controller; docs/how-to/fuzz.md says how to run it. */
class ControllerFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void controller(byte[] input) {
    var _ = ControllerProgram.run(input);
  }

  @Test
  void seeded() {
    Random random = new Random(20261122);
    int carriedOut = 0;
    for (int i = 0; i < 300; i++) {
      byte[] input = new byte[random.nextInt(800)];
      random.nextBytes(input);
      carriedOut += ControllerProgram.run(input);
    }
    assertThat(carriedOut).isGreaterThan(100);
  }
}
