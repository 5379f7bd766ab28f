package org.tenon.samples.nictap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicOffload;

/** The card against the network stack of Linux, in a network namespace. */
class TapTrafficTest {
  private static final MacAddress CARD = MacAddress.parse("02:00:00:00:00:02");
  private static final int LINUX_IP = 0x0a090001;
  private static final int STATION_IP = 0x0a090002;

  private final Station station = new Station(CARD, STATION_IP);
  private Namespace linux;

  @BeforeEach
  void makeNamespace() throws Exception {
    linux = new Namespace();
    linux.addTap("tap0", "10.9.0.1/24");
    linux.ip("neigh", "add", "10.9.0.2", "lladdr", CARD.toString(), "dev", "tap0");
  }

  @AfterEach
  void deleteNamespace() throws Exception {
    linux.close();
  }

  private NicHarness open(NicOffer offer) throws Exception {
    NicHarness card =
        NicHarness.of(new TapNicDriverFactory())
            .settings(Map.of("interface", "tap0", "netns", linux.name(), "mac", CARD.toString()))
            .offer(offer)
            .open();
    card.awaitBuffers();
    String mac = linux.in("cat", "/sys/class/net/tap0/address").strip();
    station.peer(MacAddress.parse(mac));
    return card;
  }

  private NicHarness open() throws Exception {
    return open(NicOffer.of(NicCapabilities.ALL, 2, 256));
  }

  private static ReceivedFrame receive(NicHarness card, Predicate<byte[]> wanted) {
    while (true) {
      ReceivedFrame frame = card.receive();
      if (wanted.test(frame.bytes())) {
        return frame;
      }
    }
  }

  private static byte[] payload(int length) {
    byte[] payload = new byte[length];
    new Random(length).nextBytes(payload);
    return payload;
  }

  @Test
  void linuxPingsTheCard() throws Exception {
    linux.ip("neigh", "del", "10.9.0.2", "dev", "tap0");
    try (NicHarness card = open()) {
      for (int size : new int[] {0, 1, 56, 1472}) {
        // With -w ping goes on until three answers are there, however slow this machine is.
        Process ping =
            linux.start("ping", "-c", "3", "-w", "60", "-i", "0.2", "-s", "" + size, "10.9.0.2");
        while (ping.isAlive()) {
          card.receive(Duration.ofMillis(20))
              .flatMap(frame -> station.answer(frame.bytes()))
              .ifPresent(card::send);
        }
        String said = new String(ping.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ping.waitFor()).as(said).isZero();
        assertThat(said).contains(" 3 received").doesNotContain("wrong data");
      }
    }
  }

  @Test
  void datagramsPassBothWays() throws Exception {
    try (NicHarness card = open();
        DatagramChannel socket = linux.open(DatagramChannel::open)) {
      socket.bind(new InetSocketAddress("10.9.0.1", 5000));
      for (int length : new int[] {0, 1, 2, 999, 1472}) {
        byte[] payload = payload(length);
        card.send(station.udp(LINUX_IP, 4000, 5000, payload));
        assertThat(receive(socket)).isEqualTo(payload);
        byte[] unfinished = station.unfinishedUdp(LINUX_IP, 4000, 5000, payload);
        NicFrame frame =
            NicFrame.of(unfinished)
                .offload(Station.udpChecksum())
                .segments(1, 13, unfinished.length - 14)
                .misaligned(3);
        assertThat(card.transmit(0, frame).await()).isEqualTo(Status.OK);
        assertThat(receive(socket)).isEqualTo(payload);

        socket.send(ByteBuffer.wrap(payload), new InetSocketAddress("10.9.0.2", 4000));
        ReceivedFrame back = receive(card, bytes -> Station.isTransport(bytes, Station.UDP));
        assertThat(back.offload()).isEqualTo(Station.udpChecksum());
        assertThat(ByteBuffer.wrap(back.bytes(), 42, length)).isEqualTo(ByteBuffer.wrap(payload));
      }
    }
  }

  @Test
  void linuxDropsADatagramWhoseChecksumIsWrong() throws Exception {
    try (NicHarness card = open();
        DatagramChannel socket = linux.open(DatagramChannel::open)) {
      socket.bind(new InetSocketAddress("10.9.0.1", 5000));
      byte[] wrong = station.udp(LINUX_IP, 4000, 5000, payload(100));
      wrong[60]++;
      card.send(wrong);
      card.send(station.udp(LINUX_IP, 4000, 5000, payload(7)));
      assertThat(receive(socket)).hasSize(7);
    }
  }

  @Test
  void aHostThatTakesNothingUnfinishedGetsCompleteFrames() throws Exception {
    try (NicHarness card = open(NicOffer.of(Set.of(), 1, 64));
        DatagramChannel socket = linux.open(DatagramChannel::open)) {
      for (int length : new int[] {0, 1, 1472}) {
        socket.send(ByteBuffer.wrap(payload(length)), new InetSocketAddress("10.9.0.2", 4000));
        ReceivedFrame frame = receive(card, bytes -> Station.isTransport(bytes, Station.UDP));
        assertThat(Station.isRight(frame.bytes())).isTrue();
        assertThat(frame.offload()).isEqualTo(NicOffload.NONE);
      }
    }
  }

  @Test
  void longTcpPassesBothWays() throws Exception {
    byte[] upload = payload(60_000);
    byte[] download = payload(5_000);
    try (NicHarness card = open();
        ServerSocketChannel server = linux.open(ServerSocketChannel::open)) {
      server.bind(new InetSocketAddress("10.9.0.1", 5001));
      sendTcp(card, 0, 0, Station.SYN, new byte[0], NicOffload.NONE);
      byte[] synAck = receive(card, bytes -> Station.isTransport(bytes, Station.TCP)).bytes();
      int theirs = ByteBuffer.wrap(synAck).getInt(38) + 1;
      sendTcp(card, 1, theirs, Station.ACK, new byte[0], NicOffload.NONE);
      try (SocketChannel accepted = server.accept()) {
        long cut = NicOffload.cut(Station.tcpChecksum(), NicOffload.TCP4, 1460, false);
        sendTcp(card, 1, theirs, Station.ACK | Station.PSH, upload, cut);
        ByteBuffer read = ByteBuffer.allocate(upload.length);
        while (read.hasRemaining()) {
          assertThat(accepted.read(read)).isPositive();
        }
        assertThat(read.array()).isEqualTo(upload);
        assertThat(card.statistics().sentFrames()).isEqualTo(2 + (60_000 + 1459) / 1460);

        accepted.write(ByteBuffer.wrap(download));
        assertThat(receiveTcp(card, theirs, download.length)).isEqualTo(download);
      }
    }
  }

  /** What comes by TCP, some of it joined by the kernel. */
  private static byte[] receiveTcp(NicHarness card, int first, int length) {
    byte[] received = new byte[length];
    int done = 0;
    boolean joined = false;
    while (done < length) {
      ReceivedFrame frame = receive(card, bytes -> Station.isTransport(bytes, Station.TCP));
      ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
      int data = 34 + (bytes.get(46) >>> 4 & 0xf) * 4;
      int more = bytes.capacity() - data;
      bytes.get(data, received, bytes.getInt(38) - first, more);
      done += more;
      if (NicOffload.cutting(frame.offload()) == NicOffload.TCP4) {
        joined = true;
        assertThat(NicOffload.segmentSize(frame.offload())).isPositive().isLessThan(more);
        assertThat(NicOffload.checksumStart(frame.offload())).isEqualTo(34);
      }
    }
    assertThat(joined).as("the kernel left segments joined").isTrue();
    return received;
  }

  private void sendTcp(
      NicHarness card, int sequence, int acked, int flags, byte[] data, long offload) {
    byte[] frame = station.unfinishedTcp(LINUX_IP, 4001, 5001, sequence, acked, flags, data);
    long asked = offload == NicOffload.NONE ? Station.tcpChecksum() : offload;
    assertThat(card.transmit(0, NicFrame.of(frame).offload(asked)).await()).isEqualTo(Status.OK);
  }

  @Test
  void aLongFrameIsCutByTheKernelForACardThatTakesNoneJoined() throws Exception {
    linux.ip("address", "del", "10.9.0.1/24", "dev", "tap0");
    linux.ip("tuntap", "add", "dev", "tap1", "mode", "tap", "multi_queue");
    linux.bridge("tap0", "tap1");
    byte[] upload = payload(50_000);
    try (NicHarness sender = open();
        NicHarness receiver =
            NicHarness.of(new TapNicDriverFactory())
                .settings(Map.of("interface", "tap1", "netns", linux.name()))
                .offer(NicOffer.of(Set.of(), 1, 256))
                .buffers(128, 2000)
                .open()) {
      receiver.awaitBuffers();
      station.peer(receiver.properties().address());
      long cut = NicOffload.cut(Station.tcpChecksum(), NicOffload.TCP4, 1000, false);
      sendTcp(sender, 1, 1, Station.ACK, upload, cut);
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      for (int i = 0; i < 50; i++) {
        byte[] segment =
            receive(receiver, bytes -> Station.isTransport(bytes, Station.TCP)).bytes();
        assertThat(Station.isRight(segment)).isTrue();
        joined.write(segment, 54, segment.length - 54);
      }
      assertThat(joined.toByteArray()).isEqualTo(upload);
    }
  }

  private static byte[] receive(DatagramChannel socket) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(65_536);
    socket.receive(buffer);
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
