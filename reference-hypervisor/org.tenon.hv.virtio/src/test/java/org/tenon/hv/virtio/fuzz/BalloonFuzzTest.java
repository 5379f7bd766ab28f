package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;
import org.tenon.hv.virtio.balloon.BalloonDevice;

/**
 * A hostile guest before a balloon whose target moves and whose host asks for statistics; run as
 * {@link RingFuzzTest} says.
 */
class BalloonFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void balloon(byte[] input) {
    var _ = run(input);
  }

  @Test
  void seeded() {
    assertThat(Program.seeded(500, 500, BalloonFuzzTest::run)).isGreaterThan(1_000);
  }

  private static long run(byte[] input) {
    try (BalloonProgram program = new BalloonProgram(input)) {
      return program.run();
    }
  }

  private static final class BalloonProgram extends LoopProgram<BalloonDevice> {
    private static final int FEATURES = 0x3e;
    private static final int STATISTICS = 2;
    private static final int REPORTING = 4;

    BalloonProgram(byte[] input) {
      super(input, FEATURES, (memory, handoffs) -> new BalloonDevice(memory, true, 16, handoffs));
    }

    @Override
    byte[] message(int queue) {
      byte[] content = new byte[10 * (1 + program.u8() % 12)];
      int unit = queue == STATISTICS ? 10 : 4;
      for (int i = 0; i + 1 < content.length; i += unit) {
        content[i] = (byte) program.u8();
        content[i + 1] = (byte) (program.u8() % 16);
      }
      return content;
    }

    @Override
    boolean isReceiving(int queue) {
      return queue == REPORTING;
    }

    @Override
    void outside() {
      if (program.flag()) {
        rig.model.setTarget(program.mostlyBelow(1 << 24) & 0xffffff);
      } else {
        rig.model.askForStatistics();
      }
    }
  }
}
