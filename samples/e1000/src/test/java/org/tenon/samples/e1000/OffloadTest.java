package org.tenon.samples.e1000;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.samples.e1000.Gigabit.Received;
import org.tenon.spi.DriverException;

/** Checksums and segments, against sums that this class works out in its own way. */
class OffloadTest {
  private static final String ETHERNET = Gigabit.STATION + "0200000000aa";

  /** 10.0.0.1 to 10.0.0.2, TCP from port 1000 to 5000, sequence fffffff0, PSH, FIN and ACK. */
  private static final String TCP4 =
      ETHERNET
          + "0800"
          + "450000001234400040060000"
          + "0a0000010a000002"
          + "03e81388fffffff0000000015019ffff00000000";

  private static final String TCP6 =
      ETHERNET
          + "86dd"
          + "6000000000000640"
          + "fe800000000000000000000000000001"
          + "fe800000000000000000000000000002"
          + "03e81388fffffff0000000015019ffff00000000";

  private static final int DATA = 0x23100000;
  private static final int REPORT = 0x08000000;
  private static final int SEGMENT = 0x04000000;
  private static final int SUMS = 0x300;
  private static final int TRANSPORT_SUM = 0x200;

  private static Gigabit card() throws DriverException {
    Gigabit card = Gigabit.looped();
    card.write(Registers.RCTL, Gigabit.RECEIVE | Gigabit.LOOPBACK | 1 << 26);
    return card;
  }

  /** One 16-bit word after the other, with the end-around carry at once. */
  private static int sum(byte[] bytes, int from, int to, int first) {
    int sum = first;
    for (int i = from; i < to; i++) {
      sum += (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
      sum = sum > 0xffff ? sum - 0xffff : sum;
    }
    return sum;
  }

  private static int pseudo(byte[] frame, int addresses, int ends, int length) {
    return sum(
        new byte[] {(byte) (length >> 8), (byte) length, 0, 6},
        0,
        4,
        sum(frame, addresses, ends, 0));
  }

  private static void put(byte[] frame, int at, int value) {
    frame[at] = (byte) (value >> 8);
    frame[at + 1] = (byte) value;
  }

  private static int get(byte[] frame, int at) {
    return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
  }

  /** The context of a TCP packet whose headers begin there. */
  private static void context(Gigabit card, int transport, int kind, int header, int mss, int all) {
    int ip = 14 | (14 + 10) << 8 | (transport - 1) << 16;
    int tcp = transport | (transport + 16) << 8;
    card.queue((long) tcp << 32 | ip, 0x20000000 | kind << 24 | all, header << 8 | mss << 16);
  }

  @Test
  void checksumsOfAPacketAreFilledInAndFoundRight() throws DriverException {
    try (Gigabit card = card()) {
      byte[] frame = Gigabit.frame(TCP4, 333);
      put(frame, 16, frame.length - 14);
      put(frame, 50, pseudo(frame, 26, 34, frame.length - 34));
      card.device.ram().write(Gigabit.TRANSMIT_BUFFER, frame);
      context(card, 34, 3, 0, 0, 0);
      card.queue(Gigabit.TRANSMIT_BUFFER, DATA | REPORT | frame.length, SUMS);
      card.send();
      Received got = card.take().getFirst();
      assertThat(got.status()).as("DD, EOP, TCPCS, IPCS and no error").isEqualTo(0x63);
      assertRight(got.bytes(), 34, 333);
      assertThat(card.word(Gigabit.TRANSMIT_RING, 1, 3) & 1).as("DD").isEqualTo(1);
    }
  }

  @Test
  void aWrongSumIsFound() throws DriverException {
    try (Gigabit card = card()) {
      byte[] frame = Gigabit.frame(TCP4, 200);
      put(frame, 16, frame.length - 14);
      card.send(frame);
      assertThat(card.take().getFirst().status()).as("both wrong").isEqualTo(0x6063);
    }
  }

  @Test
  void aLegacyDescriptorHasOneSum() throws DriverException {
    try (Gigabit card = card()) {
      byte[] frame = Gigabit.frame(TCP4, 101);
      put(frame, 60, 0);
      card.device.ram().write(Gigabit.TRANSMIT_BUFFER, frame);
      card.queue(Gigabit.TRANSMIT_BUFFER, frame.length | 60 << 16 | 0x0f000000, 40 << 8);
      card.send();
      byte[] got = card.take().getFirst().bytes();
      assertThat(sum(got, 40, got.length, 0)).isEqualTo(0xffff);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 1448, 1449, 20_000})
  void aLargePacketOfIpv4IsCut(int payload) throws DriverException {
    cut(TCP4, 34, 7, payload);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1428, 10_001})
  void aLargePacketOfIpv6IsCut(int payload) throws DriverException {
    cut(TCP6, 54, 5, payload);
  }

  /** Header in one descriptor, payload in two, as Linux has it. */
  private static void cut(String headers, int transport, int kind, int payload)
      throws DriverException {
    int mss = 1400;
    try (Gigabit card = card()) {
      byte[] packet = Gigabit.frame(headers, payload);
      int header = packet.length - payload;
      int from = transport == 34 ? 26 : 22;
      put(packet, transport + 16, pseudo(packet, from, transport, 0));
      long place = Gigabit.TRANSMIT_BUFFER;
      card.device.ram().write(place, packet);
      context(card, transport, kind, header, mss, payload);
      int first = DATA & ~0x01000000 | SEGMENT;
      card.queue(place, first | header, transport == 34 ? SUMS : TRANSPORT_SUM);
      card.queue(place + header, first | payload / 2, 0);
      card.queue(
          place + header + payload / 2, first | 0x01000000 | REPORT | payload - payload / 2, 0);
      card.send();
      List<Received> frames = card.take();
      assertThat(frames).hasSize((payload + mss - 1) / mss);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      int sequence = 0xfffffff0;
      for (int i = 0; i < frames.size(); i++) {
        byte[] frame = frames.get(i).bytes();
        int part = Math.min(mss, payload - i * mss);
        assertRight(frame, transport, part);
        assertThat(Checksum.get32(frame, transport + 4)).isEqualTo(sequence);
        assertThat(frame[transport + 13])
            .as("FIN and PSH at the end only")
            .isEqualTo((byte) (i == frames.size() - 1 ? 0x19 : 0x10));
        if (transport == 34) {
          assertThat(get(frame, 18)).as("identification").isEqualTo(0x1234 + i);
        }
        all.write(frame, header, part);
        sequence += part;
      }
      assertThat(all.toByteArray()).isEqualTo(Arrays.copyOfRange(packet, header, packet.length));
      assertThat(card.read(Statistics.SEGMENTED)).isEqualTo(1);
    }
  }

  /** Length fields and sums, of whichever version of IP. */
  private static void assertRight(byte[] frame, int transport, int payload) {
    int whole = transport + 20 + payload;
    assertThat(frame.length).isEqualTo(Math.max(60, whole));
    if (transport == 34) {
      assertThat(get(frame, 16)).isEqualTo(whole - 14);
      assertThat(sum(frame, 14, 34, 0)).isEqualTo(0xffff);
    } else {
      assertThat(get(frame, 18)).isEqualTo(whole - 54);
    }
    int from = transport == 34 ? 26 : 22;
    int pseudo = pseudo(frame, from, transport, whole - transport);
    assertThat(sum(frame, transport, whole, pseudo)).isEqualTo(0xffff);
  }

  @Test
  void segmentsOfNoSizeAreNotSent() throws DriverException {
    try (Gigabit card = card()) {
      context(card, 34, 7, 54, 0, 100);
      card.queue(Gigabit.TRANSMIT_BUFFER, DATA | SEGMENT | REPORT | 200, SUMS);
      card.send();
      assertThat(card.take()).isEmpty();
      assertThat(card.word(Gigabit.TRANSMIT_RING, 1, 3) & 1).as("DD").isEqualTo(1);
      assertThat(card.read(Statistics.NOT_SEGMENTED)).isEqualTo(1);
    }
  }

  @Test
  void aTagIsPutIn() throws DriverException {
    try (Gigabit card = card()) {
      card.write(Registers.CTRL, 1 << 30);
      byte[] frame = Gigabit.frame(ETHERNET + "88b5", 100);
      card.device.ram().write(Gigabit.TRANSMIT_BUFFER, frame);
      card.queue(Gigabit.TRANSMIT_BUFFER, frame.length | 0x4b000000, 0x2064 << 16);
      card.send();
      Received got = card.take().getFirst();
      assertThat(got.special()).isEqualTo(0x2064);
      assertThat(got.bytes()).isEqualTo(frame);
    }
  }
}
