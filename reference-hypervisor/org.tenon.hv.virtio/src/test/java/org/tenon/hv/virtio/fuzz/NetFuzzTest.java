package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;

/** A hostile guest before a whole network card; run as {@link RingFuzzTest} says. */
class NetFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void net(byte[] input) {
    var _ = NetProgram.run(input);
  }

  @Test
  void seeded() {
    assertThat(Program.seeded(1_500, 600, NetProgram::run)).isGreaterThan(1_000);
  }
}
