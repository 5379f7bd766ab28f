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

  /** Frames pass in both directions, and commands are obeyed. */
  @Test
  void seeded() {
    NetProgram.Seen all = new NetProgram.Seen(0, 0, 0);
    for (byte[] input : Program.inputs(1_500, 600)) {
      all = all.and(NetProgram.run(input));
    }
    assertThat(all.sent()).as("frames sent").isGreaterThan(500);
    assertThat(all.received()).as("frames received").isGreaterThan(300);
    assertThat(all.obeyed()).as("commands obeyed").isGreaterThan(100);
  }
}
