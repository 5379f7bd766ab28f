package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;

/** A hostile guest before a whole block device; run as {@link RingFuzzTest} says. */
class DeviceFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void device(byte[] input) {
    var _ = DeviceProgram.run(input);
  }

  @Test
  void seeded() {
    assertThat(Program.seeded(1_500, 500, DeviceProgram::run)).isGreaterThan(300);
  }
}
