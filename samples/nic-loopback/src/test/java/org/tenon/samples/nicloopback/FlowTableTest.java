package org.tenon.samples.nicloopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.NicHarness;
import org.tenon.spi.net.NicSteering;

/** The Toeplitz hash against the published vectors of receive-side scaling. */
class FlowTableTest {
  private static final byte[] KEY =
      HexFormat.of()
          .parseHex(
              "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b4"
                  + "77cb2da38030f20c6a42b73bbeac01fa");

  static NicSteering steering(int types, List<Integer> table, int unclassified) {
    List<Integer> key = IntStream.range(0, KEY.length).mapToObj(i -> KEY[i] & 0xff).toList();
    return new NicSteering(types, key, table, unclassified);
  }

  /** From 66.9.149.187:2794 to 161.142.100.80:1766. */
  private static byte[] published() {
    byte[] frame = Packets.ipv4(Packets.TCP, 0, new byte[4]);
    ByteBuffer.wrap(frame)
        .putInt(26, 0x420995bb)
        .putInt(30, 0xa18e6450)
        .putShort(38, (short) 2794)
        .putShort(40, (short) 1766);
    return frame;
  }

  @Test
  void theHashIsThePublishedOne() throws Exception {
    List<Integer> table = IntStream.range(0, 512).map(i -> i % 4).boxed().toList();
    try (NicHarness card = NicHarness.open(new LoopbackNicDriverFactory(), Map.of())) {
      card.setSteering(steering(NicSteering.ALL, table, 3));
      card.awaitBuffers();
      card.send(published());
      assertThat(card.receive().pair()).as("with ports").isEqualTo(0x51ccc178 % 4);
      card.setSteering(steering(NicSteering.IPV4 | NicSteering.UDP4, table, 3));
      card.awaitBuffers();
      card.send(published());
      assertThat(card.receive().pair()).as("addresses alone").isEqualTo(0x323e8fc2 % 4);
      card.setSteering(steering(NicSteering.IPV6, table, 3));
      card.awaitBuffers();
      card.send(published());
      assertThat(card.receive().pair()).as("of no named type").isEqualTo(3);
    }
  }

  /** Every bit of the hash counts: each entry of the largest table is told apart. */
  @Test
  void theHashPicksTheEntry() throws Exception {
    for (int wanted = 0; wanted < 2; wanted++) {
      int hash = 0x51ccc178;
      int entry = hash & 511;
      int queue = wanted;
      List<Integer> table =
          IntStream.range(0, 512).map(i -> i == entry ? queue : 3).boxed().toList();
      try (NicHarness card = NicHarness.open(new LoopbackNicDriverFactory(), Map.of())) {
        card.setSteering(steering(NicSteering.TCP4, table, 2));
        card.awaitBuffers();
        card.send(published());
        assertThat(card.receive().pair()).isEqualTo(wanted);
      }
    }
  }
}
