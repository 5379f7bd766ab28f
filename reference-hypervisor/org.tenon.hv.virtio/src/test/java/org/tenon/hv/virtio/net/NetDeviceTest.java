package org.tenon.hv.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.attach.Attachment;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.Interrupts;
import org.tenon.hv.virtio.PolledQueues;
import org.tenon.hv.virtio.VirtioDevice;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffload;

/** A guest, the device, the seam and a driver together. */
class NetDeviceTest {
  private static final int QUEUE_SIZE = 64;
  private static final int RX = 0;
  private static final int TX = 1;
  private static final int CONTROL = 2;
  private static final byte[] NO_HEADER = new byte[NetHeader.BYTES];

  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(64 << 20));
  private final WireNic nic = new WireNic();
  private final PolledQueues queues = new PolledQueues();
  private final List<String> interrupts = new ArrayList<>();
  private final Random random = new Random(7);

  @SuppressWarnings("NullAway.Init") // by make
  private NetDevice model;

  @SuppressWarnings("NullAway.Init") // by make
  private NicAttachment attachment;

  @SuppressWarnings("NullAway.Init") // by make
  private NetGuest guest;

  @AfterEach
  void release() {
    memory.close();
  }

  private void make(long without, boolean packed) {
    attachment = nic.attach(memory);
    model = new NetDevice(attachment, WireNic.ADDRESS, QUEUE_SIZE, queues);
    guest = new NetGuest(new VirtioDevice(model, memory, lines()), memory, random);
    long offered = guest.device.deviceFeatures() & ~Feature.RING_PACKED;
    guest.initialize((offered & ~without) | (packed ? Feature.RING_PACKED : 0), QUEUE_SIZE);
    pump();
  }

  private void make() {
    make(0, false);
  }

  private Interrupts lines() {
    return new Interrupts() {
      @Override
      public void queue(int index) {
        interrupts.add("queue" + index);
      }

      @Override
      public void config() {
        interrupts.add("config");
      }
    };
  }

  private void pump() {
    queues.serve(model);
  }

  private byte[] frame(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Ethernet, IPv4 of 20 bytes, TCP of 20 bytes, payload. */
  private byte[] tcp4(int payload) {
    byte[] frame = frame(54 + payload);
    frame[12] = 8;
    frame[13] = 0;
    frame[14] = 0x45;
    frame[20] = 0;
    frame[21] = 0;
    frame[23] = 6;
    frame[46] = 0x50;
    return frame;
  }

  private void send(byte[] header, byte[] frame) {
    guest.send(TX, NetGuest.join(header, frame), 0);
    pump();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatTheGuestSendsIsOnTheWire(boolean packed) {
    make(0, packed);
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      byte[] frame = frame(14 + random.nextInt(1509));
      sent.add(frame);
      send(NO_HEADER, frame);
      assertThat(guest.used(TX)).hasSize(1).allMatch(written -> written.length == 0);
    }
    assertThat(nic.wire).hasSize(500);
    for (int i = 0; i < 500; i++) {
      assertThat(nic.wire.get(i).bytes()).isEqualTo(sent.get(i));
      assertThat(nic.wire.get(i).offload()).isEqualTo(NicOffload.NONE);
    }
    assertThat(model.metrics().sentFrames()).isEqualTo(500);
    assertThat(model.metrics().sendDrops()).isZero();
    assertThat(attachment.faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"false, 1600", "true, 1600", "false, 100", "true, 100", "false, 24", "true, 301"})
  void whatComesFromTheWireArrives(boolean packed, int buffer) {
    make(0, packed);
    for (int round = 0; round < 200; round++) {
      byte[] frame = frame(14 + random.nextInt(buffer < 50 ? 300 : 1509));
      while (nic.posted(RX) < 30) {
        guest.post(RX, buffer);
        pump();
      }
      assertThat(nic.receive(RX, frame, NicOffload.NONE)).isTrue();
      pump();
      List<NetGuest.Arrived> arrived = guest.arrived(RX);
      assertThat(arrived).hasSize(1);
      assertThat(arrived.getFirst().frame()).isEqualTo(frame);
      assertThat(arrived.getFirst().header()).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
    assertThat(model.metrics().receivedFrames()).isEqualTo(200);
    assertThat(attachment.faults()).isEmpty();
  }

  @Test
  void aFrameTooLongForItsBufferIsDroppedAndTheBuffersServeTheNext() {
    make(NetFeature.MRG_RXBUF, false);
    guest.post(RX, 200);
    guest.post(RX, 200);
    guest.post(RX, 2000);
    pump();
    assertThat(nic.receive(RX, frame(300), NicOffload.NONE)).isTrue();
    pump();
    assertThat(guest.arrived(RX)).isEmpty();
    assertThat(model.metrics().receiveDrops()).isOne();
    byte[] next = frame(1500);
    assertThat(nic.receive(RX, next, NicOffload.NONE)).isTrue();
    pump();
    assertThat(guest.arrived(RX).getFirst().frame()).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    "no checksum field inside, 1, 0, 0, 70, 30",
    "cut without checksum, 0, 1, 1000, 34, 16",
    "segments of nothing, 1, 1, 0, 34, 16",
    "another protocol's field, 1, 1, 1000, 34, 6",
    "TCP elsewhere, 1, 1, 1000, 38, 16",
    "IPv6 that is IPv4, 1, 4, 1000, 34, 16",
    "UDP to be cut, 1, 3, 1000, 34, 16",
    "a kind of the future, 1, 5, 1000, 34, 16"
  })
  void aHeaderThatIsNotTheFramesNeverReachesTheDriver(
      String what, int flags, int gso, int size, int start, int offset) {
    make();
    send(NetGuest.header(flags, gso, size, start, offset), tcp4(20));
    assertThat(guest.used(TX)).hasSize(1);
    assertThat(nic.wire).as(what).isEmpty();
    assertThat(model.metrics().sendDrops()).isOne();
  }

  @Test
  void whatWasNotNegotiatedIsNotSent() {
    make(
        NetFeature.CSUM | NetFeature.HOST_TSO4 | NetFeature.HOST_TSO6 | NetFeature.HOST_ECN, false);
    send(NetGuest.header(1, 0, 0, 34, 16), tcp4(20));
    send(NetGuest.header(1, 1, 1000, 34, 16), tcp4(3000));
    assertThat(nic.wire).isEmpty();
    send(NO_HEADER, frame(60));
    assertThat(nic.wire).hasSize(1);
  }

  @Test
  void aFrameToBeCutComesWithItsOffload() {
    make();
    byte[] frame = tcp4(30_000);
    send(NetGuest.header(1, 0x81, 1448, 34, 16), frame);
    assertThat(nic.wire).hasSize(1);
    assertThat(nic.wire.getFirst().bytes()).isEqualTo(frame);
    assertThat(nic.wire.getFirst().offload())
        .isEqualTo(NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 1448, true));
  }

  @Test
  void framesThatMakeNoSenseAreGivenBack() {
    make();
    guest.send(TX, new byte[5], 0);
    guest.send(TX, new byte[12], 0);
    guest.send(TX, NetGuest.join(NO_HEADER, frame(60)), 8);
    guest.send(TX, NetGuest.join(NO_HEADER, frame(1523)), 0);
    guest.send(RX, new byte[3], 2000);
    guest.post(RX, 11);
    pump();
    assertThat(guest.used(TX)).hasSize(4);
    assertThat(guest.used(RX)).hasSize(2);
    assertThat(nic.wire).isEmpty();
    assertThat(guest.device.status() & DeviceStatus.DEVICE_NEEDS_RESET).isZero();
  }

  @Test
  void aJoinedFrameArrivesWithItsHeader() {
    make();
    for (int i = 0; i < 30; i++) {
      guest.post(RX, 1536);
    }
    pump();
    byte[] frame = tcp4(40_000);
    long offload = NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 1448, false);
    assertThat(nic.receive(RX, frame, offload)).isTrue();
    pump();
    NetGuest.Arrived arrived = guest.arrived(RX).getFirst();
    assertThat(arrived.frame()).isEqualTo(frame);
    ByteBuffer header = ByteBuffer.wrap(arrived.header()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(header.get(0)).isEqualTo((byte) 1);
    assertThat(header.get(1)).isEqualTo((byte) 1);
    assertThat(header.getShort(2)).isEqualTo((short) 54);
    assertThat(header.getShort(4)).isEqualTo((short) 1448);
    assertThat(header.getShort(6)).isEqualTo((short) 34);
    assertThat(header.getShort(8)).isEqualTo((short) 16);
  }

  @Test
  void aGuestThatDoesNotTakeItGetsTheChecksumFinished() {
    make(
        NetFeature.GUEST_CSUM
            | NetFeature.GUEST_TSO4
            | NetFeature.GUEST_TSO6
            | NetFeature.GUEST_ECN,
        false);
    for (int i = 0; i < 20; i++) {
      guest.post(RX, 57);
    }
    pump();
    byte[] frame = frame(301);
    byte[] expected = frame.clone();
    int sum = 0;
    for (int i = 34; i < frame.length; i++) {
      sum += (frame[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    expected[34 + 6] = (byte) (~sum >>> 8);
    expected[34 + 7] = (byte) ~sum;
    assertThat(nic.receive(RX, frame, NicOffload.checksum(34, 6))).isTrue();
    pump();
    NetGuest.Arrived arrived = guest.arrived(RX).getFirst();
    assertThat(arrived.frame()).isEqualTo(expected);
    assertThat(arrived.header()[0]).isZero();
  }

  private byte command(int... bytes) {
    byte[] command = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      command[i] = (byte) bytes[i];
    }
    guest.send(CONTROL, command, 1);
    pump();
    return guest.used(CONTROL).getFirst()[0];
  }

  @Test
  void commandsBecomeTheFilter() {
    make();
    assertThat(nic.filters.getLast().passes(WireNic.ADDRESS)).isTrue();
    assertThat(nic.filters.getLast().passes(MacAddress.BROADCAST)).isTrue();
    assertThat(nic.filters.getLast().passes(MacAddress.parse("02:00:00:00:00:02"))).isFalse();
    assertThat(nic.filters.getLast().passesVlan(5)).isFalse();

    assertThat(command(0, 0, 1)).isZero();
    assertThat(nic.filters.getLast().promiscuous()).isTrue();
    assertThat(command(0, 0, 0)).isZero();
    assertThat(command(0, 1, 0)).isZero();
    assertThat(nic.filters.getLast().allGroups()).isFalse();
    assertThat(command(1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 9, 1, 0, 0, 0, 1, 0, 94, 0, 0, 1)).isZero();
    assertThat(nic.filters.getLast().passes(MacAddress.parse("02:00:00:00:00:09"))).isTrue();
    assertThat(nic.filters.getLast().passes(MacAddress.parse("01:00:5e:00:00:01"))).isTrue();
    assertThat(nic.filters.getLast().passes(MacAddress.parse("01:00:5e:00:00:02"))).isFalse();
    assertThat(command(2, 0, 5, 0)).isZero();
    assertThat(nic.filters.getLast().vlans()).containsExactly(5);
    assertThat(command(2, 1, 5, 0)).isZero();
    assertThat(nic.filters.getLast().vlans()).isEmpty();
    assertThat(command(1, 1, 2, 0, 0, 0, 0, 7)).isZero();
    assertThat(nic.filters.getLast().passes(MacAddress.parse("02:00:00:00:00:07"))).isTrue();
    assertThat(nic.filters.getLast().passes(WireNic.ADDRESS)).isFalse();
  }

  @Test
  void commandsThatMakeNoSenseAreRefused() {
    make();
    int told = nic.filters.size();
    int[][] commands = {
      {0},
      {0, 0},
      {0, 2, 1},
      {0, 0, 1, 1},
      {1, 1, 1, 0, 0, 0, 0, 7},
      {1, 1, 2, 0, 0},
      {1, 0, 255, 255, 255, 255},
      {1, 0, 0, 0, 0, 0},
      {2, 0, 255, 15},
      {2, 2, 5, 0},
      {4, 0, 1, 0},
      {99, 0}
    };
    for (int[] bad : commands) {
      assertThat(command(bad)).as("%s", (Object) bad).isEqualTo((byte) 1);
    }
    assertThat(nic.filters).hasSize(told);
    guest.send(CONTROL, new byte[] {0, 0, 1}, 0);
    pump();
    assertThat(guest.device.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
  }

  @Test
  void flowsAreSpreadOverTheQueuesTheGuestServes() {
    nic.pairs = 4;
    make(NetFeature.RSS, false);
    assertThat(guest.device.queueCount()).isEqualTo(9);
    assertThat(nic.steerings.getLast().table()).containsOnly(0);
    guest.send(8, new byte[] {4, 0, 3, 0}, 1);
    pump();
    assertThat(guest.used(8).getFirst()[0]).isZero();
    assertThat(nic.steerings.getLast().table()).contains(0, 1, 2).doesNotContain(3);
    guest.send(8, new byte[] {4, 0, 5, 0}, 1);
    pump();
    assertThat(guest.used(8).getFirst()[0]).isEqualTo((byte) 1);
    guest.send(7, NetGuest.join(NO_HEADER, frame(60)), 0);
    pump();
    assertThat(nic.wire.getFirst().queue()).isEqualTo(3);
  }

  @Test
  void withoutSeveralQueuesTheControlQueueIsTheThird() {
    nic.pairs = 4;
    make(NetFeature.RSS | NetFeature.MQ, false);
    assertThat(command(0, 0, 1)).isZero();
    assertThat(nic.filters.getLast().promiscuous()).isTrue();
  }

  @Test
  void aCardWithoutSteeringHasOnePair() {
    nic.pairs = 4;
    nic.wanted = Set.of(NicCapabilities.LINK_STATE);
    make();
    assertThat(guest.device.queueCount()).isEqualTo(2);
    assertThat(guest.device.deviceFeatures() & NetFeature.CTRL_VQ).isZero();
  }

  @Test
  void theGuestSeesTheLink() {
    make();
    assertThat(guest.device.readConfig(6)).isOne();
    assertThat(guest.device.readConfig(10) | guest.device.readConfig(11) << 8).isEqualTo(1500);
    interrupts.clear();
    nic.link = NicLink.DOWN;
    nic.host.linkChanged(NicLink.DOWN);
    assertThat(interrupts).containsExactly("config");
    assertThat(guest.device.readConfig(6)).isZero();
  }

  @Test
  void aDriverInQuarantineIsACableThatIsOut() {
    make();
    guest.post(RX, 2000);
    pump();
    nic.host.transmitted(0, 3, 0);
    assertThat(attachment.state()).isEqualTo(Attachment.State.QUARANTINED);
    assertThat(attachment.faults().getFirst().clause()).hasToString("NET-027");
    assertThat(guest.device.readConfig(6)).isZero();
    send(NO_HEADER, frame(60));
    assertThat(guest.used(TX)).hasSize(1);
    assertThat(guest.used(RX)).isEmpty();
    assertThat(nic.wire).isEmpty();
    guest.device.status(0);
    assertThat(guest.device.status()).isZero();
  }

  /** A card without leave to master the bus rests, and its guest may reset a queue all the same. */
  @Test
  void aQueueThatIsResetWhileTheDriverRestsDoesNotWakeIt() {
    make();
    queues.mayServe = false;
    attachment.quiesce().toCompletableFuture().join();
    model.stopQueue(RX).toCompletableFuture().join();
    assertThat(attachment.state()).isEqualTo(NicAttachment.State.PAUSED);
    queues.mayServe = true;
    model.stopQueue(TX).toCompletableFuture().join();
    assertThat(attachment.state()).isEqualTo(NicAttachment.State.RUNNING);
  }

  @Test
  void aResetTakesEveryBufferBack() {
    make();
    for (int i = 0; i < 10; i++) {
      guest.post(RX, 300);
    }
    pump();
    nic.receive(RX, frame(100), NicOffload.NONE);
    assertThat(nic.posted(RX)).isEqualTo(9);
    guest.initialize(guest.device.deviceFeatures() & ~Feature.RING_PACKED, QUEUE_SIZE);
    pump();
    assertThat(nic.posted(RX)).isZero();
    assertThat(guest.arrived(RX)).isEmpty();
    guest.post(RX, 300);
    pump();
    byte[] frame = frame(200);
    assertThat(nic.receive(RX, frame, NicOffload.NONE)).isTrue();
    pump();
    assertThat(guest.arrived(RX).getFirst().frame()).isEqualTo(frame);
    assertThat(attachment.faults()).isEmpty();
  }
}
