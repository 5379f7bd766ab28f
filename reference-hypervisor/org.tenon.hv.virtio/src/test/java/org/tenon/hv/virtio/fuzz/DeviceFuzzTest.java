package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A hostile guest before a whole block device; run as {@link RingFuzzTest} says. */
class DeviceFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void device(byte[] input) {
    var _ = DeviceProgram.run(input);
  }

  @Test
  void seeded() {
    Random random = new Random(20261122);
    long carriedOut = 0;
    for (int i = 0; i < 1_500; i++) {
      byte[] input = new byte[random.nextInt(500)];
      random.nextBytes(input);
      carriedOut += DeviceProgram.run(input);
    }
    assertThat(carriedOut).isGreaterThan(300);
  }
}
