package org.tenon.samples.nicloopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicBuffer;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.ConfigException;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicStatistics;

/** What is sent comes back, as it should. */
class LoopbackNicDriverTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration ALREADY = Duration.ZERO;

  private static NicHarness open() throws DriverException {
    NicHarness card = NicHarness.open(new LoopbackNicDriverFactory(), Map.of());
    card.awaitBuffers();
    return card;
  }

  private static void sendAndReceive(NicHarness card, byte[] frame) {
    card.awaitBuffers();
    card.send(frame);
    assertThat(card.receive().bytes()).isEqualTo(frame);
  }

  @Test
  void framesOfEveryLengthComeBackOnTheirPair() throws Exception {
    try (NicHarness card = open()) {
      for (int length = 14; length <= 1522; length++) {
        byte[] frame = Packets.frame(Packets.OTHER, length, length);
        int pair = length % card.agreement().queuePairs();
        NicFrame sent = NicFrame.of(frame).segments(1, 5, length - 6).misaligned(length % 8);
        assertThat(card.transmit(pair, sent).await()).isEqualTo(Status.OK);
        ReceivedFrame back = card.receive();
        assertThat(back.bytes()).isEqualTo(frame);
        assertThat(back.pair()).isEqualTo(pair);
        assertThat(back.buffers()).isEqualTo(1);
      }
    }
  }

  @Test
  void tooShortAndTooLongFramesComeBackAsInvalid() throws Exception {
    try (NicHarness card = open()) {
      for (int length : new int[] {1, 13, 1523, 9000}) {
        byte[] frame = Packets.frame(Packets.OTHER, length, 1);
        assertThat(card.transmit(0, NicFrame.of(frame)).await()).isEqualTo(Status.INVALID);
      }
      assertThat(card.receive(ALREADY)).isEmpty();
      assertThat(card.statistics().sendErrors()).isEqualTo(4);
      assertThat(card.statistics().sentFrames()).isZero();
    }
  }

  @Test
  void theMtuIsASetting() throws Exception {
    try (NicHarness card = NicHarness.open(new LoopbackNicDriverFactory(), Map.of("mtu", "9000"))) {
      sendAndReceive(card, Packets.frame(Packets.OTHER, 9022, 1));
    }
  }

  @Test
  void theFilterChoosesByAddressAndVlan() throws Exception {
    MacAddress group = MacAddress.parse("01:00:5e:00:00:fb");
    try (NicHarness card = open()) {
      card.setFilter(new NicFilter(Set.of(Packets.CARD, group), false, false, Set.of(5), false));
      for (byte[] lost :
          List.of(
              Packets.frame(Packets.OTHER, 60, 1),
              Packets.frame(MacAddress.BROADCAST, 60, 2),
              Packets.tagged(Packets.CARD, 6, 60),
              Packets.tagged(Packets.OTHER, 5, 60))) {
        card.send(lost);
      }
      for (byte[] passing :
          List.of(
              Packets.frame(Packets.CARD, 60, 1),
              Packets.frame(group, 60, 2),
              Packets.tagged(Packets.CARD, 5, 60),
              Packets.tagged(Packets.CARD, 0, 60))) {
        sendAndReceive(card, passing);
      }
      card.reset();
      card.awaitBuffers();
      card.send(Packets.frame(Packets.OTHER, 60, 3));
      assertThat(card.receive(ALREADY)).as("after a reset").isEmpty();
      card.setFilter(new NicFilter(Set.of(), true, false, Set.of(), true));
      sendAndReceive(card, Packets.tagged(MacAddress.BROADCAST, 6, 60));
    }
  }

  @Test
  void aFrameWithoutABufferIsDroppedAndCounted() throws Exception {
    byte[] frame = Packets.frame(Packets.OTHER, 1000, 1);
    try (NicHarness card = NicHarness.of(new LoopbackNicDriverFactory()).buffers(0, 1).open()) {
      card.send(frame);
      card.post(0, List.of(NicBuffer.of(300), NicBuffer.segments(1, 298)));
      card.awaitBuffers();
      card.send(frame);
      assertThat(card.statistics().droppedNoBuffer()).isEqualTo(2);
      card.post(0, List.of(NicBuffer.segments(2, 500).misaligned(3)));
      card.awaitBuffers();
      card.send(frame);
      ReceivedFrame back = card.receive();
      assertThat(back.bytes()).isEqualTo(frame);
      assertThat(back.buffers()).isEqualTo(3);
    }
  }

  @Test
  void withoutScatteredReceiveAFrameNeedsOneBuffer() throws Exception {
    NicOffer plain = NicOffer.of(Set.of(), 1, 8);
    byte[] frame = Packets.frame(Packets.OTHER, 1000, 1);
    byte[] small = Packets.frame(Packets.OTHER, 300, 2);
    try (NicHarness card =
        NicHarness.of(new LoopbackNicDriverFactory()).offer(plain).buffers(4, 999).open()) {
      card.awaitBuffers();
      card.send(frame);
      sendAndReceive(card, small);
      assertThat(card.statistics()).isEqualTo(new NicStatistics(2, 1300, 0, 1, 300, 1, 0, 0));
    }
  }

  @Test
  void theLinkChangesWhenItIsTold() throws Exception {
    VirtualClock clock = new VirtualClock();
    try (NicHarness card =
        NicHarness.of(new LoopbackNicDriverFactory())
            .setting("flap-ms", "50")
            .setting("speed", "40000")
            .clock(clock)
            .open()) {
      assertThat(card.link()).isEqualTo(NicLink.up(40_000));
      clock.advance(Duration.ofMillis(50));
      assertThat(card.linkChange(SOON)).isEqualTo(Optional.of(NicLink.DOWN));
      Sending lost = card.transmit(0, NicFrame.of(Packets.frame(Packets.OTHER, 60, 1)));
      assertThat(lost.await()).isEqualTo(Status.NOT_READY);
      clock.advance(Duration.ofMillis(50));
      assertThat(card.linkChange(SOON)).isEqualTo(Optional.of(NicLink.up(40_000)));
      sendAndReceive(card, Packets.frame(Packets.OTHER, 60, 1));
    }
    assertThat(clock.pending()).isZero();
  }

  @Test
  void restGivesEveryBufferBack() throws Exception {
    try (NicHarness card = open()) {
      card.quiesce();
      assertThat(card.posted()).isEmpty();
      card.resume();
      sendAndReceive(card, Packets.frame(Packets.OTHER, 60, 1));
      card.reset();
      sendAndReceive(card, Packets.frame(Packets.OTHER, 60, 2));
      assertThat(card.statistics().receivedFrames()).isEqualTo(2);
    }
  }

  @Test
  void manySendersMeetInOneQueue() throws Exception {
    try (NicHarness card = NicHarness.of(new LoopbackNicDriverFactory()).buffers(256, 100).open()) {
      card.setSteering(FlowTableTest.steering(0, List.of(0), 2));
      int frames = 50;
      List<Sending> all =
          IntStream.range(0, 4)
              .boxed()
              .flatMap(pair ->
                  card
                      .transmit(
                          pair,
                          IntStream.range(0, frames)
                              .mapToObj(i ->
                                  NicFrame.of(Packets.frame(Packets.OTHER, 300, pair * 100L + i)))
                              .toList())
                      .stream())
              .toList();
      all.forEach(sending -> assertThat(sending.await()).isEqualTo(Status.OK));
      NicStatistics counted = card.statistics();
      assertThat(counted.sentFrames()).isEqualTo(4L * frames);
      assertThat(counted.receivedFrames() + counted.droppedNoBuffer()).isEqualTo(4L * frames);
      for (int i = 0; i < counted.receivedFrames(); i++) {
        assertThat(card.receive().pair()).isEqualTo(2);
      }
    }
  }

  @Test
  void senselessSettingsAreRefused() {
    for (Map<String, String> wrong :
        List.of(
            Map.of("mac", "01:00:00:00:00:01"),
            Map.of("mac", "wrong"),
            Map.of("mtu", "67"),
            Map.of("link", "sideways"))) {
      assertThatThrownBy(() -> NicHarness.open(new LoopbackNicDriverFactory(), wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(wrong.keySet().iterator().next());
    }
  }

  @Test
  void aLinkThatChangesNeedsAHostThatFollowsIt() {
    assertThatThrownBy(() ->
            NicHarness.of(new LoopbackNicDriverFactory())
                .setting("flap-ms", "5")
                .offer(NicOffer.of(Set.of(NicCapabilities.ADDRESS_FILTER), 1, 8))
                .open())
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("leave out flap-ms");
  }
}
