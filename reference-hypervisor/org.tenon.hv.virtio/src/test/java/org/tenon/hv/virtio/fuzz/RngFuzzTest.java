package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;
import org.tenon.hv.virtio.rng.RngDevice;
import org.tenon.hv.virtio.rng.SeededEntropy;

/** A hostile guest before an entropy device; run as {@link RingFuzzTest} says. */
class RngFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void rng(byte[] input) {
    var _ = run(input);
  }

  @Test
  void seeded() {
    assertThat(Program.seeded(1_000, 500, RngFuzzTest::run)).isGreaterThan(2_000);
  }

  private static long run(byte[] input) {
    try (RngProgram program = new RngProgram(input)) {
      return program.run();
    }
  }

  private static final class RngProgram extends LoopProgram<RngDevice> {
    RngProgram(byte[] input) {
      super(input, 0, (memory, handoffs) -> new RngDevice(new SeededEntropy(0), 16, handoffs));
    }

    @Override
    byte[] message(int queue) {
      return new byte[] {1};
    }

    @Override
    boolean isReceiving(int queue) {
      return true;
    }

    @Override
    void outside() {}
  }
}
