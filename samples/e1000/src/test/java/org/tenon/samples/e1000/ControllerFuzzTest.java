package org.tenon.samples.e1000;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A hostile guest before the controller; docs/how-to/fuzz.md says how to run it. */
class ControllerFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void controller(byte[] input) {
    var _ = ControllerProgram.run(input);
  }

  @Test
  void seeded() {
    Random random = new Random(Long.getLong("tenon.fuzz.seed", 20261122));
    int frames = 0;
    for (int i = 0; i < Integer.getInteger("tenon.fuzz.controllers", 200); i++) {
      byte[] input = new byte[random.nextInt(600)];
      random.nextBytes(input);
      frames += ControllerProgram.run(input);
    }
    assertThat(frames).as("frames went round now and then").isPositive();
  }
}
