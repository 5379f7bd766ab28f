package org.tenon.samples.nictap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicBuffer;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;

/** The card's life, filter, buffers, link and queues; Linux sends datagrams at the other end. */
class TapNicDriverTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final MacAddress CARD = MacAddress.parse("02:00:00:00:00:02");
  private static final InetSocketAddress CARD_PORT = new InetSocketAddress("10.9.0.2", 4000);
  private static final InetSocketAddress OTHER_PORT = new InetSocketAddress("10.9.0.3", 4000);

  private Namespace linux;
  private DatagramChannel socket;

  @BeforeEach
  void makeNamespace() throws Exception {
    linux = new Namespace();
    linux.addTap("tap0", "10.9.0.1/24");
    linux.ip("neigh", "add", "10.9.0.2", "lladdr", CARD.toString(), "dev", "tap0");
    linux.ip("neigh", "add", "10.9.0.3", "lladdr", "02:00:00:00:00:03", "dev", "tap0");
    socket = linux.open(DatagramChannel::open);
  }

  @AfterEach
  void deleteNamespace() throws Exception {
    socket.close();
    linux.close();
  }

  private NicHarness.Builder card(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(Map.of("interface", "tap0", "netns", linux.name(), "mac", CARD.toString()));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return NicHarness.of(new TapNicDriverFactory()).settings(settings);
  }

  private static NicHarness open(NicHarness.Builder builder) throws Exception {
    NicHarness card = builder.open();
    card.awaitBuffers();
    return card;
  }

  /** Sends a datagram of so many bytes from Linux. */
  private void send(InetSocketAddress to, int bytes) throws Exception {
    socket.send(ByteBuffer.allocate(bytes), to);
  }

  private static int datagramBytes(byte[] frame) {
    return frame.length - 42;
  }

  @Test
  void theFilterHoldsFramesBackByAddress() throws Exception {
    try (NicHarness card = open(card())) {
      send(OTHER_PORT, 1);
      assertThat(datagramBytes(card.receive().bytes())).as("no filter yet").isEqualTo(1);
      card.setFilter(new NicFilter(Set.of(CARD), true, false, Set.of(), true));
      send(OTHER_PORT, 2);
      send(CARD_PORT, 3);
      assertThat(datagramBytes(card.receive().bytes())).isEqualTo(3);
      card.reset();
      card.awaitBuffers();
      send(OTHER_PORT, 4);
      send(CARD_PORT, 5);
      assertThat(datagramBytes(card.receive().bytes())).as("after a reset").isEqualTo(5);
      card.setFilter(NicFilter.NONE);
      send(OTHER_PORT, 6);
      assertThat(datagramBytes(card.receive().bytes())).isEqualTo(6);
    }
  }

  /** Linux takes the tag out of the frame before the filter sees it, and TAP puts it back. */
  @Test
  void theFilterHoldsFramesBackByVlan() throws Exception {
    linux.ip("tuntap", "add", "dev", "tap1", "mode", "tap", "multi_queue");
    linux.bridge("tap0", "tap1");
    try (NicHarness card = open(card());
        NicHarness sender = open(card("interface", "tap1"))) {
      card.setFilter(new NicFilter(Set.of(CARD), false, false, Set.of(5, 33, 4094), false));
      for (int vlan : new int[] {5, 6, 33, 34, 4093, 4094, 0}) {
        sender.send(tagged(vlan));
      }
      for (int vlan : new int[] {5, 33, 4094, 0}) {
        assertThat(card.receive().bytes()).isEqualTo(tagged(vlan));
      }
    }
  }

  private static byte[] tagged(int vlan) {
    ByteBuffer frame = ByteBuffer.allocate(64);
    frame.putLong(0, CARD.bits() << 16).putLong(6, 0x0200_0000_0009_0000L);
    return frame.putInt(12, 0x8100_0000 | vlan).putShort(16, (short) 0x88b5).array();
  }

  @Test
  void theKernelTakesTheLargestFilters() throws Exception {
    Set<Integer> vlans =
        IntStream.rangeClosed(1, 4094).filter(v -> v % 2 == 0).boxed().collect(Collectors.toSet());
    Set<MacAddress> addresses = new TreeSet<>(Set.of(CARD));
    for (int i = 0; i < 1500; i++) {
      addresses.add(new MacAddress(0x3333_0000_0000L + i));
    }
    try (NicHarness card = open(card())) {
      card.setFilter(new NicFilter(addresses, false, false, vlans, false));
      send(OTHER_PORT, 1);
      send(CARD_PORT, 2);
      assertThat(datagramBytes(card.receive().bytes())).isEqualTo(2);
      assertThat(card.health()).isEqualTo(Health.up());
    }
  }

  @Test
  void aFilterThatTheKernelCannotHoldLetsNothingThrough() throws Exception {
    Set<MacAddress> addresses = new TreeSet<>();
    for (int i = 0; i < 5000; i++) {
      addresses.add(new MacAddress(0x3333_0000_0000L + i));
    }
    try (NicHarness card = open(card())) {
      card.setFilter(new NicFilter(addresses, false, false, Set.of(), true));
      assertThat(card.health().state()).isEqualTo(Health.State.DEGRADED);
      send(CARD_PORT, 1);
      card.setFilter(NicFilter.NONE);
      assertThat(card.health()).isEqualTo(Health.up());
      send(CARD_PORT, 2);
      assertThat(datagramBytes(card.receive().bytes())).isEqualTo(2);
    }
  }

  @Test
  void aFrameFillsSeveralBuffersOrIsDropped() throws Exception {
    NicOffer offer = NicOffer.of(NicCapabilities.ALL, 1, 64);
    try (NicHarness card = open(card().offer(offer).buffers(0, 1))) {
      send(CARD_PORT, 958);
      awaitDropped(card, 1);
      card.post(0, List.of(NicBuffer.segments(300, 1).misaligned(1), NicBuffer.of(698)));
      card.awaitBuffers();
      send(CARD_PORT, 958);
      awaitDropped(card, 2);
      card.post(0, List.of(NicBuffer.segments(1, 500)));
      card.awaitBuffers();
      send(CARD_PORT, 958);
      ReceivedFrame frame = card.receive();
      assertThat(frame.bytes()).hasSize(1000);
      assertThat(frame.buffers()).isEqualTo(3);
      assertThat(card.statistics().receivedBytes()).isEqualTo(1000);
    }
  }

  private static void awaitDropped(NicHarness card, int count) {
    long end = System.nanoTime() + SOON.toNanos();
    while (card.statistics().droppedNoBuffer() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(card.statistics().droppedNoBuffer()).isEqualTo(count);
  }

  @Test
  void theLinkFollowsTheInterface() throws Exception {
    NicFrame frame = NicFrame.of(new byte[60]);
    try (NicHarness card = open(card())) {
      assertThat(card.link()).isEqualTo(NicLink.up(0));
      linux.ip("link", "set", "tap0", "down");
      assertThat(card.linkChange(SOON)).isEqualTo(Optional.of(NicLink.DOWN));
      assertThat(card.transmit(0, frame).await()).isEqualTo(Status.NOT_READY);
      linux.ip("link", "set", "tap0", "up");
      assertThat(card.linkChange(SOON)).isEqualTo(Optional.of(NicLink.up(0)));
      assertThat(card.transmit(0, frame).await()).isEqualTo(Status.OK);
      linux.ip("link", "set", "tap0", "carrier", "off");
      assertThat(card.linkChange(SOON)).isEqualTo(Optional.of(NicLink.DOWN));
      linux.ip("link", "delete", "tap0");
      awaitDown(card);
      assertThat(card.health().message()).contains("'tap0' is gone");
      assertThat(card.transmit(0, frame).await()).isEqualTo(Status.NOT_READY);
      card.reset();
    }
  }

  private static void awaitDown(NicHarness card) {
    long end = System.nanoTime() + SOON.toNanos();
    while (card.health().equals(Health.up()) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(card.health().state()).isEqualTo(Health.State.DOWN);
  }

  @Test
  void restGivesEveryBufferBack() throws Exception {
    try (NicHarness card = open(card())) {
      card.quiesce();
      assertThat(card.posted()).isEmpty();
      send(CARD_PORT, 1);
      card.resume();
      card.awaitBuffers();
      send(CARD_PORT, 2);
      card.reset();
      card.awaitBuffers();
      send(CARD_PORT, 3);
      int last = 0;
      while (last != 3) {
        last = datagramBytes(card.receive().bytes());
      }
    }
  }

  @Test
  void anInterfaceMadeForOneQueueServesSeveralPairs() throws Exception {
    linux.ip("tuntap", "add", "dev", "one", "mode", "tap");
    linux.ip("link", "set", "one", "up");
    try (NicHarness card = open(card("interface", "one"))) {
      assertThat(card.agreement().queuePairs()).isEqualTo(4);
      for (int pair = 0; pair < 4; pair++) {
        Status.name(card.transmit(pair, NicFrame.of(new byte[60 + pair])).await());
      }
      assertThat(card.statistics().sentFrames()).isEqualTo(4);
      card.reset();
    }
  }

  @Test
  void eachFlowArrivesOnOneQueueInOrder() throws Exception {
    try (NicHarness card = open(card().offer(NicOffer.of(NicCapabilities.ALL, 4, 256)))) {
      Map<Integer, Integer> pairs = new HashMap<>();
      for (int size = 1; size <= 20; size++) {
        for (int port = 5000; port < 5008; port++) {
          send(new InetSocketAddress("10.9.0.2", port), size);
        }
        Set<Integer> arrived = new TreeSet<>();
        for (int i = 0; i < 8; i++) {
          ReceivedFrame frame = card.receive();
          int port = ByteBuffer.wrap(frame.bytes()).getShort(36) & 0xffff;
          assertThat(datagramBytes(frame.bytes())).isEqualTo(size);
          assertThat(pairs.merge(port, frame.pair(), (before, now) -> before))
              .isEqualTo(frame.pair());
          arrived.add(port);
        }
        assertThat(arrived).hasSize(8);
      }
      assertThat(new TreeSet<>(pairs.values())).as("queues in use").hasSizeGreaterThan(1);
    }
  }

  @Test
  void theCardTakesItsMtuFromTheInterface() throws Exception {
    linux.ip("link", "set", "tap0", "mtu", "9000");
    try (NicHarness card = open(card())) {
      assertThat(card.properties().maxMtu()).isEqualTo(9000);
      send(CARD_PORT, 8972);
      assertThat(card.receive().bytes()).hasSize(9014);
    }
  }

  @Test
  void framesThatARaisedMtuLetsThroughAreDroppedWithoutATrace() throws Exception {
    try (NicHarness card = open(card())) {
      linux.ip("link", "set", "tap0", "mtu", "9000");
      send(CARD_PORT, 8000);
      long end = System.nanoTime() + SOON.toNanos();
      while (card.statistics().droppedTooLong() == 0 && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      send(CARD_PORT, 10);
      assertThat(datagramBytes(card.receive().bytes())).isEqualTo(10);
      assertThat(card.statistics().droppedTooLong()).isEqualTo(1);
    }
  }

  @Test
  void anInterfaceThatTheCardMadeGoesWithIt() throws Exception {
    try (NicHarness card = open(card("interface", "fresh%d"))) {
      assertThat(card.link().up()).isTrue();
      assertThat(linux.ip("link", "show", "fresh0")).contains("UP");
    }
    assertThat(linux.ip("link", "show")).doesNotContain("fresh0");
  }

  @Test
  void whatCannotBeOpenedSaysHowToMendIt() throws Exception {
    linux.ip("link", "add", "dull", "type", "bridge");
    assertRefused(card("netns", "nowhere"), Status.NOT_READY, "ip netns add nowhere");
    assertRefused(card("netns", "/dev/null"), Status.INVALID, "give a network namespace");
    assertRefused(card("interface", "dull"), Status.CONFLICT, "another kind");
    assertRefused(card("interface", "a b"), Status.INVALID, "without spaces");
    assertRefused(card("interface", "sixteen-letters!"), Status.INVALID, "1 to 15");
    assertRefused(card("mac", "01:00:00:00:00:00"), Status.INVALID, "no station's address");
    assertRefused(card("queues", "0"), Status.INVALID, "1 to 8");
    linux.ip("tuntap", "add", "dev", "one", "mode", "tap");
    try (NicHarness first = open(card("interface", "one"))) {
      assertThat(first.link().up()).isFalse();
      assertRefused(card("interface", "one"), Status.CONFLICT, "another program or card has it");
    }
  }

  private static void assertRefused(NicHarness.Builder builder, int status, String mend) {
    assertThatThrownBy(builder::open)
        .isInstanceOfSatisfying(
            DriverException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessageContaining(mend)
        .hasMessageNotContaining("\n");
  }
}
