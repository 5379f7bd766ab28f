package org.tenon.samples.nicloopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.spi.Capability;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicOffload;

/** Checksums and segmentation, checked as a receiver would. */
class OffloadTest {
  private static final int FIN = 0x01;
  private static final int PSH = 0x08;
  private static final int ACK = 0x10;
  private static final int CWR = 0x80;

  /** A host that has frames finished for it. */
  private static final Set<Capability> FINISHED =
      Set.of(
          NicCapabilities.TRANSMIT_CHECKSUM,
          NicCapabilities.TRANSMIT_TCP4,
          NicCapabilities.TRANSMIT_TCP6);

  private static NicHarness open(Set<Capability> capabilities) throws Exception {
    NicHarness card =
        NicHarness.of(new LoopbackNicDriverFactory())
            .offer(NicOffer.of(capabilities, 1, 256))
            .buffers(128, 70_000)
            .open();
    card.awaitBuffers();
    return card;
  }

  private static byte[] payload(int length) {
    byte[] payload = new byte[length];
    new Random(length).nextBytes(payload);
    return payload;
  }

  @Test
  void missingChecksumsAreFilledIn() throws Exception {
    try (NicHarness card = open(FINISHED)) {
      for (int length : new int[] {0, 1, 2, 555, 1400}) {
        byte[] udp4 = Packets.ipv4(Packets.UDP, 0, payload(length));
        byte[] tcp6 = Packets.ipv6(Packets.TCP, ACK, payload(length));
        assertThat(sendAndReceive(card, udp4, NicOffload.checksum(38, 6)))
            .allMatch(Packets::isRight)
            .hasSize(1);
        assertThat(sendAndReceive(card, tcp6, NicOffload.checksum(54, 16)))
            .allMatch(Packets::isRight)
            .hasSize(1);
      }
    }
  }

  @Test
  void aHostThatTakesUnfinishedFramesGetsThemSo() throws Exception {
    try (NicHarness card = open(NicCapabilities.ALL)) {
      byte[] frame = Packets.ipv4(Packets.UDP, 0, payload(100));
      long offload = NicOffload.checksum(38, 6);
      card.transmit(0, NicFrame.of(frame).offload(offload)).await();
      ReceivedFrame back = card.receive();
      assertThat(back.bytes()).isEqualTo(frame);
      assertThat(back.offload()).isEqualTo(offload);
    }
  }

  @Test
  void aChecksumOutsideTheFrameIsInvalid() throws Exception {
    try (NicHarness card = open(FINISHED)) {
      byte[] frame = Packets.ipv4(Packets.UDP, 0, payload(0));
      for (long wrong :
          List.of(
              NicOffload.checksum(frame.length, 0),
              NicOffload.checksum(0, frame.length - 1),
              NicOffload.checksum(65_535, 65_535))) {
        assertThat(card.transmit(0, NicFrame.of(frame).offload(wrong)).await())
            .isEqualTo(Status.INVALID);
      }
    }
  }

  @Test
  void longTcpIsCut() throws Exception {
    try (NicHarness card = open(FINISHED)) {
      for (int length : new int[] {1, 1000, 1001, 2000, 2500, 64_000}) {
        byte[] payload = payload(length);
        int flags = CWR | ACK | PSH | FIN;
        check(card, Packets.ipv4(Packets.TCP, flags, payload), NicOffload.TCP4, 38, payload);
        check(card, Packets.ipv6(Packets.TCP, flags, payload), NicOffload.TCP6, 54, payload);
      }
    }
  }

  private static void check(NicHarness card, byte[] frame, int cutting, int tcp, byte[] payload)
      throws Exception {
    long offload = NicOffload.cut(NicOffload.checksum(tcp, 16), cutting, 1000, true);
    long bytesBefore = card.statistics().sentBytes();
    List<byte[]> segments = sendAndReceive(card, frame, offload);
    assertThat(segments).hasSize((payload.length + 999) / 1000).allMatch(Packets::isRight);
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (int i = 0; i < segments.size(); i++) {
      byte[] segment = segments.get(i);
      ByteBuffer bytes = ByteBuffer.wrap(segment);
      assertThat(bytes.getInt(tcp + 4)).isEqualTo(0xffff_ff00 + joined.size());
      int first = i == 0 ? CWR : 0;
      int last = i == segments.size() - 1 ? PSH | FIN : 0;
      assertThat(segment[tcp + 13] & 0xff).isEqualTo(ACK | first | last);
      assertThat(bytes.slice(tcp + 20, 12)).isEqualTo(ByteBuffer.wrap(frame, tcp + 20, 12));
      if (cutting == NicOffload.TCP4) {
        assertThat(bytes.getShort(18)).isEqualTo((short) (0xfffe + i));
      }
      joined.write(segment, tcp + 32, segment.length - tcp - 32);
    }
    assertThat(joined.toByteArray()).isEqualTo(payload);
    assertThat(card.statistics().sentBytes() - bytesBefore)
        .isEqualTo(segments.stream().mapToLong(s -> s.length).sum());
  }

  @Test
  void aHostThatTakesJoinedFramesGetsThemWhole() throws Exception {
    try (NicHarness card = open(NicCapabilities.ALL)) {
      byte[] frame = Packets.ipv4(Packets.TCP, ACK, payload(30_000));
      long offload = NicOffload.cut(NicOffload.checksum(38, 16), NicOffload.TCP4, 1000, false);
      card.transmit(0, NicFrame.of(frame).offload(offload)).await();
      ReceivedFrame back = card.receive();
      assertThat(back.bytes()).isEqualTo(frame);
      assertThat(back.offload()).isEqualTo(offload);
      assertThat(card.statistics().sentFrames()).isEqualTo(30);
    }
  }

  @Test
  void aFrameThatIsNotWhatItsOffloadSaysIsInvalid() throws Exception {
    byte[] tcp4 = Packets.ipv4(Packets.TCP, ACK, payload(3000));
    byte[] udp4 = Packets.ipv4(Packets.UDP, 0, payload(3000));
    byte[] fragment = tcp4.clone();
    fragment[20] = 0x20;
    byte[] longHeader = tcp4.clone();
    longHeader[38 + 12] = (byte) 0x40;
    long right = NicOffload.checksum(38, 16);
    try (NicHarness card = open(FINISHED)) {
      assertInvalid(card, tcp4, NicOffload.cut(right, NicOffload.TCP6, 1000, false));
      assertInvalid(card, tcp4, NicOffload.cut(right, NicOffload.TCP4, 0, false));
      assertInvalid(card, tcp4, NicOffload.cut(right, NicOffload.TCP4, 1500, false));
      assertInvalid(
          card, tcp4, NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 1000, false));
      assertInvalid(card, udp4, NicOffload.cut(right, NicOffload.TCP4, 1000, false));
      assertInvalid(card, fragment, NicOffload.cut(right, NicOffload.TCP4, 1000, false));
      assertInvalid(card, longHeader, NicOffload.cut(right, NicOffload.TCP4, 1000, false));
      assertThat(card.statistics().sentFrames()).isZero();
    }
  }

  private static void assertInvalid(NicHarness card, byte[] frame, long offload) {
    assertThat(card.transmit(0, NicFrame.of(frame).offload(offload)).await())
        .isEqualTo(Status.INVALID);
  }

  /** Whatever bytes and offload a guest makes up, the card goes on and nothing is made up. */
  @Test
  void senselessFramesDoNoHarm() throws Exception {
    Random random = new Random(20261122);
    byte[][] seeds = {
      Packets.ipv4(Packets.TCP, ACK, payload(3000)),
      Packets.ipv6(Packets.TCP, ACK, payload(3000)),
      Packets.ipv4(Packets.UDP, 0, payload(60)),
      Packets.tagged(Packets.OTHER, 7, 64)
    };
    try (NicHarness card = open(FINISHED)) {
      for (int i = 0; i < 3000; i++) {
        byte[] frame = mutate(seeds[i % seeds.length], random);
        int start = random.nextBoolean() ? 38 : random.nextInt(70_000);
        long offload = NicOffload.checksum(start, random.nextBoolean() ? 16 : random.nextInt(80));
        int cutting = new int[] {0, 0, 1, 4}[random.nextInt(4)];
        if (cutting != 0) {
          offload = NicOffload.cut(offload, cutting, random.nextInt(1, 2000), random.nextBoolean());
        }
        long before = card.statistics().receivedFrames();
        card.awaitBuffers();
        card.transmit(0, NicFrame.of(frame).offload(offload)).await();
        for (long j = card.statistics().receivedFrames() - before; j > 0; j--) {
          card.receive();
        }
      }
    }
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] frame = seed.clone();
    for (int i = random.nextInt(4); i > 0; i--) {
      frame[random.nextInt(Math.min(80, frame.length))] = (byte) random.nextInt();
    }
    int length = random.nextInt(3) == 0 ? random.nextInt(1, frame.length) : frame.length;
    return java.util.Arrays.copyOf(frame, length);
  }

  private static List<byte[]> sendAndReceive(NicHarness card, byte[] frame, long offload) {
    card.awaitBuffers();
    long before = card.statistics().sentFrames();
    assertThat(card.transmit(0, NicFrame.of(frame).offload(offload)).await()).isEqualTo(Status.OK);
    List<byte[]> received = new ArrayList<>();
    for (long i = card.statistics().sentFrames() - before; i > 0; i--) {
      ReceivedFrame back = card.receive();
      assertThat(back.offload()).isEqualTo(NicOffload.NONE);
      received.add(back.bytes());
    }
    return received;
  }
}
