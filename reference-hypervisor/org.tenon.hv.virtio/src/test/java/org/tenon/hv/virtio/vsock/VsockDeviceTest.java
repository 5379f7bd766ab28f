package org.tenon.hv.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tenon.hv.virtio.LoopRig.DATA;
import static org.tenon.hv.virtio.LoopRig.writable;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.LoopRig;
import org.tenon.hv.virtio.stream.HostStream;

/** A socket device before a driver. */
class VsockDeviceTest {
  private static final int QUEUE_SIZE = 8;
  private static final long CID = 7;
  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;
  private static final int EVENT = 2;
  private static final int BUFFER = 4096;
  private static final long SENT = DATA + 0x100000;

  private final ScriptedHost host = new ScriptedHost();
  private final LoopRig<VsockDevice> rig = rig(host);
  private final List<Integer> slots = new ArrayList<>();

  private static LoopRig<VsockDevice> rig(VsockHost host) {
    return new LoopRig<>(handoffs -> new VsockDevice(CID, host, QUEUE_SIZE, handoffs));
  }

  /** A packet from the device. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Packet(
      long source, long target, int type, int operation, int flags, int forwarded, byte[] payload) {
    String text() {
      return operation + ":" + source + ":" + target;
    }
  }

  @AfterEach
  void close() {
    rig.close();
    host.close();
  }

  private void initialize(long features) {
    rig.initialize(features | 1, QUEUE_SIZE);
    slots.clear();
    for (int i = 0; i < QUEUE_SIZE; i++) {
      slots.add(rig.offer(RECEIVE, writable(DATA + (long) BUFFER * i, BUFFER)));
    }
    rig.settle();
  }

  private void say(long port, long hostPort, int operation, int flags, int room, byte... payload) {
    say(CID, VsockHeader.STREAM, port, hostPort, operation, flags, room, 0, payload);
  }

  // large on purpose: the fields of the header, one argument each
  private void say(
      long cid,
      int type,
      long port,
      long hostPort,
      int operation,
      int flags,
      int room,
      int forwarded,
      byte... payload) {
    byte[] message =
        ByteBuffer.allocate(VsockHeader.BYTES + payload.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(cid)
            .putLong(VsockHeader.HOST_CID)
            .putInt((int) port)
            .putInt((int) hostPort)
            .putInt(payload.length)
            .putShort((short) type)
            .putShort((short) operation)
            .putInt(flags)
            .putInt(room)
            .putInt(forwarded)
            .put(payload)
            .array();
    rig.offer(TRANSMIT, rig.readable(SENT, message));
    rig.settle();
    assertThat(rig.rings.get(TRANSMIT).drain()).isEqualTo(1);
  }

  // no longer large

  private List<Packet> heard() {
    rig.settle();
    List<Packet> all = new ArrayList<>();
    GuestRing ring = rig.rings.get(RECEIVE);
    for (var used = ring.takeUsed(); used != null; used = ring.takeUsed()) {
      int slot = slots.indexOf(used.id());
      long at = DATA + (long) BUFFER * slot;
      ByteBuffer in = ByteBuffer.wrap(rig.bytes(at, used.written())).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(in.getLong()).isEqualTo(VsockHeader.HOST_CID);
      assertThat(in.getLong()).isEqualTo(CID);
      long source = Integer.toUnsignedLong(in.getInt());
      long target = Integer.toUnsignedLong(in.getInt());
      int length = in.getInt();
      int type = in.getShort();
      int operation = in.getShort();
      int flags = in.getInt();
      var _ = in.getInt();
      int forwarded = in.getInt();
      byte[] payload = new byte[length];
      in.get(payload);
      assertThat(in.hasRemaining()).isFalse();
      all.add(new Packet(source, target, type, operation, flags, forwarded, payload));
      slots.set(slot, rig.offer(RECEIVE, writable(at, BUFFER)));
    }
    rig.settle();
    return all;
  }

  private List<String> texts() {
    return heard().stream().map(Packet::text).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Feature.EVENT_IDX, Feature.RING_PACKED})
  void theGuestConnectsToTheHostAndBothSpeak(long features) {
    initialize(features);
    say(1000, 52, VsockOperation.REQUEST, 0, 100);
    assertThat(texts()).containsExactly("2:52:1000");
    assertThat(host.ports()).containsExactly(52L);
    HostStream stream = host.streams().getFirst();
    say(1000, 52, VsockOperation.RW, 0, 100, "hello".getBytes(StandardCharsets.UTF_8));
    assertThat(host.take(stream, 100)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
    host.send(stream, "world".getBytes(StandardCharsets.UTF_8));
    List<Packet> packets = heard();
    assertThat(packets).hasSize(1);
    assertThat(packets.getFirst().operation()).isEqualTo(VsockOperation.RW);
    assertThat(packets.getFirst().forwarded()).isEqualTo(5);
    assertThat(new String(packets.getFirst().payload(), StandardCharsets.UTF_8)).isEqualTo("world");
    assertThat(rig.config(0, 8)).isEqualTo(CID);
  }

  @Test
  void theHostConnectsToTheGuest() {
    initialize(0);
    HostStream stream = host.come("CONNECT 1234\nearly");
    List<Packet> packets = heard();
    assertThat(packets).hasSize(1);
    long hostPort = packets.getFirst().source();
    assertThat(packets.getFirst().text()).isEqualTo("1:" + hostPort + ":1234");
    say(1234, hostPort, VsockOperation.RESPONSE, 0, 100);
    assertThat(new String(host.take(stream, 100), StandardCharsets.UTF_8))
        .isEqualTo("OK " + hostPort + "\n");
    packets = heard();
    assertThat(new String(packets.getFirst().payload(), StandardCharsets.UTF_8)).isEqualTo("early");
    assertThat(packets.getFirst().forwarded()).isZero();
  }

  @Test
  void whoDoesNotGreetIsSentAway() {
    initialize(0);
    HostStream one = host.come("HELLO 1234\n");
    HostStream other = host.come("CONNECT " + "1".repeat(40));
    host.come("CONNECT 99999999999\n");
    assertThat(heard()).isEmpty();
    assertThat(rig.model.connections()).isZero();
    assertThat(one.isBroken() || other.isBroken()).isFalse();
  }

  @Test
  void aPortThatNobodyServesIsRefused() {
    initialize(0);
    host.refuse(true);
    say(1000, 52, VsockOperation.REQUEST, 0, 100);
    assertThat(texts()).containsExactly("3:52:1000");
    say(1, 2, VsockOperation.RW, 0, 0);
    say(CID, 9, 3, 4, VsockOperation.REQUEST, 0, 0, 0);
    assertThat(texts()).containsExactly("3:2:1", "3:4:3");
    say(1, 2, VsockOperation.RST, 0, 0);
    say(CID + 1, VsockHeader.STREAM, 3, 4, VsockOperation.REQUEST, 0, 0, 0);
    assertThat(texts()).isEmpty();
  }

  @Test
  void noMoreIsSentThanTheGuestHasRoomFor() {
    initialize(0);
    say(1000, 52, VsockOperation.REQUEST, 0, 10);
    HostStream stream = host.streams().getFirst();
    host.send(stream, new byte[25]);
    List<Packet> packets = heard();
    assertThat(packets.stream().map(Packet::operation))
        .containsExactly(VsockOperation.RESPONSE, VsockOperation.RW, VsockOperation.CREDIT_REQUEST);
    assertThat(packets.get(1).payload()).hasSize(10);
    say(CID, VsockHeader.STREAM, 1000, 52, VsockOperation.CREDIT_UPDATE, 0, 10, 4);
    assertThat(heard().getFirst().payload()).hasSize(4);
    say(CID, VsockHeader.STREAM, 1000, 52, VsockOperation.CREDIT_UPDATE, 0, 10, -1);
    assertThat(heard().stream().mapToInt(packet -> packet.payload().length).sum()).isZero();
    say(CID, VsockHeader.STREAM, 1000, 52, VsockOperation.CREDIT_UPDATE, 0, 100, 14);
    assertThat(heard().getFirst().payload()).hasSize(11);
  }

  @Test
  void whoSendsMoreThanItsCreditLosesTheConnection() {
    initialize(0);
    say(1000, 52, VsockOperation.REQUEST, 0, 10);
    var _ = heard();
    byte[] much = new byte[40_000];
    say(1000, 52, VsockOperation.RW, 0, 10, much);
    assertThat(texts()).isEmpty();
    say(1000, 52, VsockOperation.RW, 0, 10, much);
    assertThat(texts()).containsExactly("3:52:1000");
    assertThat(rig.model.connections()).isZero();
  }

  @Test
  void roomThatTheHostHasMadeIsTold() {
    initialize(0);
    say(1000, 52, VsockOperation.REQUEST, 0, 10);
    var _ = heard();
    say(1000, 52, VsockOperation.RW, 0, 10, new byte[40_000]);
    var _ = host.take(host.streams().getFirst(), 40_000);
    List<Packet> packets = heard();
    assertThat(packets.getFirst().operation()).isEqualTo(VsockOperation.CREDIT_UPDATE);
    assertThat(packets.getFirst().forwarded()).isEqualTo(40_000);
    say(1000, 52, VsockOperation.CREDIT_REQUEST, 0, 10);
    assertThat(texts()).containsExactly("6:52:1000");
  }

  @Test
  void aConnectionEndsWhenBothSidesHave() {
    initialize(0);
    say(1000, 52, VsockOperation.REQUEST, 0, 100);
    HostStream stream = host.streams().getFirst();
    host.send(stream, (byte) 1);
    host.go(stream);
    List<Packet> packets = heard();
    assertThat(packets.stream().map(Packet::operation))
        .startsWith(VsockOperation.RESPONSE, VsockOperation.RW);
    say(1001, 53, VsockOperation.REQUEST, 0, 100);
    say(1001, 53, VsockOperation.RW, 0, 100, new byte[10]);
    say(1001, 53, VsockOperation.SHUTDOWN, 3, 100);
    assertThat(texts()).containsExactly("2:53:1001");
    assertThat(host.take(host.streams().get(1), 10)).hasSize(10);
    assertThat(texts()).contains("3:53:1001");
    assertThat(rig.model.connections()).isZero();
  }

  @Test
  void refusalsWaitForBuffersAndThenPacketsWaitToo() {
    rig.initialize(1, QUEUE_SIZE);
    for (int i = 0; i < 64; i++) {
      say(i, 1, VsockOperation.RW, 0, 0);
    }
    byte[] message = new byte[VsockHeader.BYTES];
    message[0] = (byte) CID;
    message[8] = (byte) VsockHeader.HOST_CID;
    rig.offer(TRANSMIT, rig.readable(SENT, message));
    rig.settle();
    assertThat(rig.rings.get(TRANSMIT).takeUsed()).isNull();
    rig.offer(RECEIVE, writable(DATA, BUFFER));
    rig.settle();
    assertThat(rig.rings.get(RECEIVE).takeUsed()).isNotNull();
    assertThat(rig.rings.get(TRANSMIT).takeUsed()).isNotNull();
  }

  @Test
  void aRestoredDriverHearsThatItsConnectionsAreGone() throws StateException {
    initialize(0);
    say(1000, 52, VsockOperation.REQUEST, 0, 100);
    rig.offer(EVENT, writable(SENT + 0x1000, 4));
    rig.ram.asSlice(SENT + 0x1000, 4).fill((byte) 9);
    rig.settle();
    StateWriter out = new StateWriter();
    rig.device.save(out);
    ScriptedHost none = new ScriptedHost();
    try (LoopRig<VsockDevice> next = rig(none)) {
      next.ram.copyFrom(rig.ram);
      next.device.restore(new StateReader(ByteBuffer.wrap(out.toBytes())));
      next.settle();
      rig.ram.copyFrom(next.ram);
      assertThat(rig.rings.get(EVENT).takeUsed()).isNotNull();
      assertThat(rig.bytes(SENT + 0x1000, 4)).containsOnly(0);
    }
  }

  @Test
  void bytesAllocateNothing() {
    initialize(Feature.EVENT_IDX);
    say(1000, 52, VsockOperation.REQUEST, 0, -1);
    var _ = heard();
    HostStream stream = host.streams().getFirst();
    byte[] some = new byte[100];
    byte[] packet = new byte[VsockHeader.BYTES + 100];
    ByteBuffer header = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(CID).putLong(2).putInt(1000).putInt(52).putInt(100);
    header.putShort((short) 1).putShort((short) VsockOperation.RW).putInt(0).putInt(-1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long fewest = Long.MAX_VALUE;
    for (int i = 0; i < 30; i++) {
      host.send(stream, some);
      rig.offer(TRANSMIT, rig.readable(SENT, packet));
      long before = threads.getCurrentThreadAllocatedBytes();
      rig.settle();
      fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(rig.rings.get(TRANSMIT).drain()).isEqualTo(1);
      assertThat(heard().getFirst().payload()).hasSize(100);
      assertThat(host.take(stream, 1000)).isEqualTo(Arrays.copyOf(some, 100));
    }
    assertThat(fewest).isZero();
  }
}
