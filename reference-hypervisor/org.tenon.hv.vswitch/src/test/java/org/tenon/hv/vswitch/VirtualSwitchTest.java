package org.tenon.hv.vswitch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicOffload;

class VirtualSwitchTest {
  private long now;
  private final VirtualSwitch lan =
      new VirtualSwitch("lan", 1500, () -> now, 1, ExtensionLimits.DEFAULT);
  private final List<TestCard> cards = new ArrayList<>();
  private final Random random = new Random(3);

  @AfterEach
  void close() {
    cards.forEach(TestCard::close);
    lan.close();
  }

  private TestCard card(int vlan, Integer... trunk) {
    String name = "c" + cards.size();
    TestCard card =
        new TestCard(
            lan.guestPort(
                new PortSettings(name, vlan, Set.of(trunk), 100), new MacAddress(0x020000000000L)));
    cards.add(card);
    return card;
  }

  /** A frame from station {@code from} to {@code to}; 0xff for all. */
  private byte[] frame(int to, int from, int payload) {
    byte[] frame = new byte[14 + payload];
    random.nextBytes(frame);
    Arrays.fill(frame, 0, 12, (byte) 0);
    if (to == 0xff) {
      Arrays.fill(frame, 0, 6, (byte) 0xff);
    } else {
      frame[0] = 2;
      frame[5] = (byte) to;
    }
    frame[6] = 2;
    frame[11] = (byte) from;
    frame[12] = 8;
    frame[13] = 0;
    return frame;
  }

  private static byte[] tagged(byte[] frame, int vlan) {
    return ByteBuffer.allocate(frame.length + 4)
        .put(frame, 0, 12)
        .putShort((short) 0x8100)
        .putShort((short) vlan)
        .put(frame, 12, frame.length - 12)
        .array();
  }

  private static byte[] only(TestCard card) {
    List<TestCard.Arrived> arrived = card.arrived();
    assertThat(arrived).hasSize(1);
    return arrived.getFirst().bytes();
  }

  @Test
  void aStationIsFoundOnceItHasSpoken() {
    TestCard a = card(0);
    TestCard b = card(0);
    TestCard c = card(0);
    byte[] first = frame(2, 1, 100);
    a.send(first, NicOffload.NONE);
    assertThat(only(b)).isEqualTo(first);
    assertThat(only(c)).isEqualTo(first);
    byte[] answer = frame(1, 2, 1500);
    b.send(answer, NicOffload.NONE);
    assertThat(only(a)).isEqualTo(answer);
    assertThat(c.arrived()).isEmpty();
    a.send(first, NicOffload.NONE);
    assertThat(only(b)).isEqualTo(first);
    assertThat(c.arrived()).isEmpty();
    now += 301_000_000_000L;
    a.send(first, NicOffload.NONE);
    assertThat(c.arrived()).hasSize(1);
  }

  @Test
  void vlansAreApartAndATrunkCarriesThem() {
    TestCard red = card(10);
    TestCard alsoRed = card(10);
    TestCard blue = card(20);
    TestCard trunk = card(0, 10);
    byte[] frame = frame(0xff, 1, 60);
    red.send(frame, NicOffload.NONE);
    assertThat(only(alsoRed)).isEqualTo(frame);
    assertThat(blue.arrived()).isEmpty();
    assertThat(only(trunk)).isEqualTo(tagged(frame, 10));
    byte[] back = frame(1, 4, 60);
    trunk.send(tagged(back, 10), NicOffload.NONE);
    assertThat(only(red)).isEqualTo(back);
    trunk.send(tagged(frame(0xff, 4, 60), 20), NicOffload.NONE);
    trunk.send(frame(0xff, 4, 60), NicOffload.NONE);
    blue.send(tagged(frame(0xff, 3, 60), 10), NicOffload.NONE);
    cards.forEach(card -> assertThat(card.arrived()).isEmpty());
    assertThat(statistics("c3").droppedVlan()).isEqualTo(2);
    assertThat(statistics("c2").droppedVlan()).isOne();
  }

  @Test
  void floodsAreBounded() {
    TestCard a = card(0);
    TestCard b = card(0);
    int arrived = 0;
    for (int i = 0; i < 300; i++) {
      a.send(frame(0xff, 1, 60), NicOffload.NONE);
      arrived += b.arrived().size();
    }
    assertThat(arrived).isEqualTo(100);
    assertThat(statistics("c0").droppedFlood()).isEqualTo(200);
    now += 500_000_000;
    for (int i = 0; i < 300; i++) {
      a.send(frame(0xff, 1, 60), NicOffload.NONE);
      arrived += b.arrived().size();
    }
    assertThat(arrived).isEqualTo(150);
  }

  @Test
  void aFilterKeepsOthersFramesAway() {
    TestCard a = card(0);
    TestCard b = card(0);
    b.filter(
        new NicFilter(Set.of(new MacAddress(0x020000000002L)), false, false, Set.of(5), false));
    a.send(frame(3, 1, 60), NicOffload.NONE);
    a.send(frame(0xff, 1, 60), NicOffload.NONE);
    a.send(tagged(frame(2, 1, 60), 6), NicOffload.NONE);
    assertThat(b.arrived()).isEmpty();
    a.send(tagged(frame(2, 1, 60), 5), NicOffload.NONE);
    a.send(frame(2, 1, 60), NicOffload.NONE);
    assertThat(b.arrived()).hasSize(2);
  }

  /** IPv4 or IPv6, with a TCP header of 24 bytes, and what is to be done to it. */
  private byte[] tcp(boolean version4, int payload) {
    int ip = version4 ? 20 : 40;
    byte[] frame = frame(2, 1, ip + 24 + payload);
    frame[12] = (byte) (version4 ? 0x08 : 0x86);
    frame[13] = (byte) (version4 ? 0x00 : 0xdd);
    frame[14] = (byte) (version4 ? 0x45 : 0x60);
    if (version4) {
      frame[20] = 0x40;
      frame[21] = 0;
    }
    frame[version4 ? 23 : 20] = 6;
    frame[14 + ip + 12] = 0x60;
    return frame;
  }

  /** The oracle: a checksum over every 16-bit word, as RFC 1071 writes it down. */
  private static int ones(byte[] bytes, int from, int to, long start) {
    long sum = start;
    for (int i = from; i < to; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (i + 1 < to ? bytes[i + 1] & 0xff : 0);
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }

  @ParameterizedTest
  @CsvSource({"true, 5000, 0", "false, 5000, 0", "true, 1400, 0", "true, 4200, 10", "false, 1, 10"})
  void aGuestThatTakesNoJoinedFramesGetsItsSegments(boolean version4, int payload, int vlan) {
    TestCard a = card(vlan);
    TestCard b = card(0);
    b.takes(false, false);
    int ip = version4 ? 20 : 40;
    byte[] whole = tcp(version4, payload);
    long offload =
        NicOffload.cut(
            NicOffload.checksum(14 + ip, 16),
            version4 ? NicOffload.TCP4 : NicOffload.TCP6,
            1400,
            true);
    a.send(whole, offload);
    List<TestCard.Arrived> segments = b.arrived();
    int count = Math.ceilDiv(payload, 1400);
    assertThat(segments.size()).isEqualTo(count);
    int shift = vlan == 0 ? 0 : 4;
    ByteBuffer joined = ByteBuffer.allocate(payload);
    for (int i = 0; i < count; i++) {
      byte[] segment = segments.get(i).bytes();
      assertThat(segments.get(i).offload()).isEqualTo(NicOffload.NONE);
      int l3 = 14 + shift;
      int l4 = l3 + ip;
      int length = segment.length - l4;
      ByteBuffer read = ByteBuffer.wrap(segment);
      if (version4) {
        assertThat(ones(segment, l3, l4, 0)).isEqualTo(0xffff);
        assertThat(read.getShort(l3 + 2)).isEqualTo((short) (segment.length - l3));
        assertThat(read.getShort(l3 + 4))
            .isEqualTo((short) (ByteBuffer.wrap(whole).getShort(18) + i));
      } else {
        assertThat(read.getShort(l3 + 4)).isEqualTo((short) length);
      }
      int pseudo = ones(segment, l3 + (version4 ? 12 : 8), l4, 6L + length);
      assertThat(ones(segment, l4, segment.length, pseudo)).isEqualTo(0xffff);
      assertThat(read.getInt(l4 + 4))
          .isEqualTo(ByteBuffer.wrap(whole).getInt(14 + ip + 4) + i * 1400);
      int flags = whole[14 + ip + 13] & 0xff;
      int expected = (i == count - 1 ? flags : flags & ~9) & (i == 0 ? 0xff : 0x7f);
      assertThat(segment[l4 + 13] & 0xff).isEqualTo(expected);
      joined.put(segment, l4 + 24, length - 24);
    }
    assertThat(joined.array())
        .isEqualTo(Arrays.copyOfRange(whole, whole.length - payload, whole.length));
  }

  @Test
  void aGuestThatTakesItGetsTheFrameAsItIs() {
    TestCard a = card(10);
    TestCard b = card(0);
    byte[] whole = tcp(true, 30_000);
    a.send(whole, NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 1400, false));
    TestCard.Arrived arrived = b.arrived().getFirst();
    assertThat(arrived.bytes()).isEqualTo(tagged(whole, 10));
    assertThat(arrived.offload())
        .isEqualTo(NicOffload.cut(NicOffload.checksum(38, 16), NicOffload.TCP4, 1400, false));
  }

  @ParameterizedTest
  @CsvSource({"34, 6, 100", "34, 16, 101", "14, 300, 500", "200, 54, 1001", "200, 55, 1400"})
  void aChecksumIsCompletedWhereverItStands(int start, int offset, int payload) {
    TestCard a = card(0);
    TestCard b = card(0);
    b.takes(false, false);
    byte[] frame = frame(2, 1, payload);
    byte[] expected = frame.clone();
    int sum = 0xffff & ~ones(frame, start, frame.length, 0);
    expected[start + offset] = (byte) (sum >>> 8);
    expected[start + offset + 1] = (byte) sum;
    a.send(frame, NicOffload.checksum(start, offset));
    assertThat(only(b)).isEqualTo(expected);
  }

  @Test
  void aFrameThatIsNotWhatItSaysIsDropped() {
    TestCard a = card(0);
    TestCard b = card(0);
    b.takes(false, false);
    byte[] udp = tcp(true, 3000);
    udp[23] = 17;
    a.send(udp, NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 1000, false));
    a.send(frame(2, 1, 60), NicOffload.checksum(70, 10));
    a.send(new byte[13], NicOffload.NONE);
    byte[] fromAGroup = frame(2, 1, 60);
    fromAGroup[6] = 3;
    a.send(fromAGroup, NicOffload.NONE);
    assertThat(b.arrived()).isEmpty();
    assertThat(statistics("c0").droppedInvalid()).isEqualTo(3);
    cards.forEach(card -> assertThat(card.attachment.faults()).isEmpty());
  }

  @Test
  void nobodyIsGivenAFrameLongerThanItTakes() {
    TestCard a = card(10);
    TestCard b = card(0);
    b.takes(false, false);
    byte[] whole = tcp(true, 3000);
    a.send(whole, NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 2000, false));
    a.send(frame(2, 1, 1508), NicOffload.NONE);
    a.send(frame(2, 1, 1508), NicOffload.checksum(34, 16));
    assertThat(b.arrived()).isEmpty();
    assertThat(statistics("c1").droppedInvalid()).isEqualTo(3);
    assertThat(b.attachment.faults()).isEmpty();
  }

  @Test
  void aGuestWithoutBuffersLosesFramesAlone() {
    TestCard a = card(0);
    TestCard b = card(0);
    b.send(frame(1, 2, 60), NicOffload.NONE);
    for (int i = 0; i < TestCard.DEPTH + 20; i++) {
      a.send(frame(2, 1, 500), NicOffload.NONE);
    }
    assertThat(statistics("c1").droppedNoBuffer()).isPositive();
    int got = b.arrived().size();
    assertThat(got).isEqualTo((int) statistics("c1").leftFrames());
  }

  @Test
  void forwardingAllocatesNothing() {
    TestCard a = card(0);
    TestCard b = card(0);
    b.send(frame(1, 2, 60), NicOffload.NONE);
    byte[] frame = frame(2, 1, 1400);
    a.put(frame);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20 && least > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 5_000; i++) {
        a.send(frame.length, NicOffload.NONE);
        if (b.discard() != frame.length) {
          throw new AssertionError("a frame was lost");
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isLessThan(5_000);
  }

  private PortStatistics statistics(String port) {
    return requireNonNull(lan.statistics().get(port));
  }
}
