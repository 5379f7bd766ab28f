package org.tenon.hv.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A hostile guest before a partner's function; docs/how-to/fuzz.md says how to run it. */
class FunctionFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void function(byte[] input) {
    var _ = FunctionProgram.run(input);
  }

  @Test
  void seeded() {
    Random random = new Random(Long.getLong("tenon.fuzz.seed", 20261122));
    int copies = 0;
    for (int i = 0; i < Integer.getInteger("tenon.fuzz.functions", 300); i++) {
      byte[] input = new byte[random.nextInt(800)];
      random.nextBytes(input);
      copies += FunctionProgram.run(input);
    }
    assertThat(copies).as("guest memory was reached now and then").isPositive();
  }
}
