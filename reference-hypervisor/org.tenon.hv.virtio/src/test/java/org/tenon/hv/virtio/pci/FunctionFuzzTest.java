package org.tenon.hv.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A hostile guest before configuration space and BARs; docs/how-to/fuzz.md says how to run it. */
class FunctionFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void function(byte[] input) {
    var _ = FunctionProgram.run(input);
  }

  @Test
  void seeded() {
    Random random = new Random(20261122);
    int running = 0;
    for (int i = 0; i < 300; i++) {
      byte[] input = new byte[random.nextInt(800)];
      random.nextBytes(input);
      running += FunctionProgram.run(input);
    }
    assertThat(running).as("the device was brought to work now and then").isPositive();
  }
}
