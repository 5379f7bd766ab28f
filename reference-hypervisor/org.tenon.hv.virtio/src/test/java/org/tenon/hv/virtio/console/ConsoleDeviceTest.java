package org.tenon.hv.virtio.console;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
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

/** A console device with a console and two named ports before a driver. */
class ConsoleDeviceTest {
  private static final int QUEUE_SIZE = 8;
  private static final int CONTROL_RECEIVE = 2;
  private static final int CONTROL_TRANSMIT = 3;
  private static final int RECEIVE_1 = 4;
  private static final int TRANSMIT_1 = 5;
  private static final long CONTROL = DATA;
  private static final long SENT = DATA + 0x10000;
  private static final long RECEIVED = DATA + 0x20000;

  private final ScriptedEnd console = new ScriptedEnd();
  private final ScriptedEnd first = new ScriptedEnd();
  private final ScriptedEnd second = new ScriptedEnd();
  private final LoopRig<ConsoleDevice> rig =
      new LoopRig<>(handoffs -> new ConsoleDevice(console, ports(), QUEUE_SIZE, handoffs));

  /** Which buffer each slot of control messages is in. */
  private final List<Integer> slots = new ArrayList<>();

  private SequencedMap<String, PortEnd> ports() {
    SequencedMap<String, PortEnd> ports = new LinkedHashMap<>();
    ports.put("first", first);
    ports.put("second", second);
    return ports;
  }

  @AfterEach
  void close() {
    rig.model.close();
    rig.close();
  }

  private void say(int port, int event, int value) {
    byte[] message =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(port)
            .putShort((short) event)
            .putShort((short) value)
            .array();
    rig.offer(CONTROL_TRANSMIT, rig.readable(SENT, message));
    rig.settle();
    assertThat(rig.rings.get(CONTROL_TRANSMIT).drain()).isEqualTo(1);
  }

  /** What the device has said since the last call, as port:event:value and perhaps a name. */
  private List<String> heard() {
    List<String> all = new ArrayList<>();
    GuestRing ring = rig.rings.get(CONTROL_RECEIVE);
    for (var used = ring.takeUsed(); used != null; used = ring.takeUsed()) {
      long at = CONTROL + 64L * slot(used.id());
      ByteBuffer message =
          ByteBuffer.wrap(rig.bytes(at, used.written())).order(ByteOrder.LITTLE_ENDIAN);
      String text = "%d:%d:%d".formatted(message.getInt(), message.getShort(), message.getShort());
      all.add(text + StandardCharsets.UTF_8.decode(message));
      slots.set(slot(used.id()), rig.offer(CONTROL_RECEIVE, writable(at, 64)));
    }
    rig.settle();
    return all;
  }

  private int slot(int id) {
    return slots.indexOf(id);
  }

  private void bringUp(long features) {
    slots.clear();
    rig.initialize(features | ConsoleFeature.MULTIPORT, QUEUE_SIZE);
    for (int i = 0; i < QUEUE_SIZE; i++) {
      slots.add(rig.offer(CONTROL_RECEIVE, writable(CONTROL + 64L * i, 64)));
    }
    say(-1, ControlEvent.DEVICE_READY, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Feature.EVENT_IDX, Feature.RING_PACKED})
  void portsAreAnnouncedNamedAndOpened(long features) {
    bringUp(features);
    assertThat(heard()).containsExactly("0:1:1", "1:1:1", "2:1:1");
    say(0, ControlEvent.PORT_READY, 1);
    say(1, ControlEvent.PORT_READY, 1);
    say(2, ControlEvent.PORT_READY, 1);
    assertThat(heard()).containsExactly("0:4:1", "1:7:1first", "2:7:1second");
    second.come();
    rig.settle();
    assertThat(heard()).containsExactly("2:6:1");
    second.go();
    rig.settle();
    assertThat(heard()).containsExactly("2:6:0");
    assertThat(second.left()).isEqualTo(1);
    assertThat(rig.config(4, 4)).isEqualTo(3);
  }

  @Test
  void bytesWaitForTheGuestToOpenThePort() {
    bringUp(0);
    say(1, ControlEvent.PORT_READY, 1);
    first.come();
    first.send((byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5);
    rig.offer(RECEIVE_1, writable(RECEIVED, 3));
    rig.settle();
    assertThat(rig.rings.get(RECEIVE_1).takeUsed()).isNull();
    say(1, ControlEvent.PORT_OPEN, 1);
    GuestRing.Used used = Objects.requireNonNull(rig.rings.get(RECEIVE_1).takeUsed());
    assertThat(rig.bytes(RECEIVED, used.written())).containsExactly(1, 2, 3);
    rig.offer(RECEIVE_1, writable(RECEIVED, 3));
    rig.settle();
    used = Objects.requireNonNull(rig.rings.get(RECEIVE_1).takeUsed());
    assertThat(rig.bytes(RECEIVED, used.written())).containsExactly(4, 5);
  }

  @Test
  void whoLeavesIsHeardToTheEnd() {
    bringUp(0);
    say(1, ControlEvent.PORT_READY, 1);
    say(1, ControlEvent.PORT_OPEN, 1);
    first.come();
    rig.settle();
    first.send((byte) 1, (byte) 2);
    first.go();
    rig.settle();
    assertThat(heard()).contains("1:6:1").doesNotContain("1:6:0");
    rig.offer(RECEIVE_1, writable(RECEIVED, 16));
    rig.settle();
    assertThat(rig.bytes(RECEIVED, 2)).containsExactly(1, 2);
    assertThat(heard()).containsExactly("1:6:0");
  }

  @Test
  void whatTheGuestWritesStaysInItsBufferUntilThereIsRoom() {
    bringUp(0);
    say(1, ControlEvent.PORT_READY, 1);
    first.come();
    byte[] content = new byte[700];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) i;
    }
    rig.offer(TRANSMIT_1, rig.readable(SENT, content));
    rig.settle();
    byte[] taken = first.take(256);
    assertThat(rig.rings.get(TRANSMIT_1).takeUsed()).isNull();
    rig.settle();
    taken = joined(taken, first.take(256));
    assertThat(rig.rings.get(TRANSMIT_1).takeUsed()).isNull();
    rig.settle();
    assertThat(rig.rings.get(TRANSMIT_1).takeUsed()).isNotNull();
    assertThat(joined(taken, first.take(256))).isEqualTo(content);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  @Test
  void whatNobodyHearsIsLost() {
    bringUp(0);
    rig.offer(TRANSMIT_1, rig.readable(SENT, new byte[5000]));
    rig.settle();
    assertThat(rig.rings.get(TRANSMIT_1).takeUsed()).isNotNull();
  }

  @Test
  void withoutMultiportTheConsoleIsAllThereIs() {
    rig.initialize(0, QUEUE_SIZE);
    console.come();
    console.send((byte) 'a');
    rig.offer(0, writable(RECEIVED, 16));
    rig.offer(1, rig.readable(SENT, (byte) 'b'));
    rig.settle();
    assertThat(rig.bytes(RECEIVED, 1)).containsExactly('a');
    assertThat(console.take(10)).containsExactly('b');
    rig.device.writeConfig(8, '!');
    assertThat(console.take(10)).containsExactly('!');
  }

  @Test
  void nonsenseIsIgnored() {
    bringUp(0);
    var _ = heard();
    say(77, ControlEvent.PORT_READY, 1);
    say(-1, ControlEvent.PORT_OPEN, 1);
    say(1, 99, 1);
    rig.offer(CONTROL_TRANSMIT, rig.readable(SENT, (byte) 1));
    rig.settle();
    assertThat(rig.rings.get(CONTROL_TRANSMIT).drain()).isEqualTo(1);
    assertThat(heard()).isEmpty();
  }

  @Test
  void aRestoredPortIsClosedAtTheHostAndItsBufferComesBack() throws StateException {
    bringUp(0);
    say(1, ControlEvent.PORT_READY, 1);
    say(1, ControlEvent.PORT_OPEN, 1);
    first.come();
    rig.settle();
    var _ = heard();
    rig.offer(TRANSMIT_1, rig.readable(SENT, new byte[1000]));
    rig.settle();
    StateWriter out = new StateWriter();
    rig.device.save(out);
    try (LoopRig<ConsoleDevice> next =
        new LoopRig<>(
            handoffs -> new ConsoleDevice(new ScriptedEnd(), others(), QUEUE_SIZE, handoffs))) {
      next.ram.copyFrom(rig.ram);
      next.device.restore(new StateReader(ByteBuffer.wrap(out.toBytes())));
      next.model.lookAtHost();
      next.settle();
      rig.ram.copyFrom(next.ram);
    }
    assertThat(rig.rings.get(TRANSMIT_1).takeUsed()).isNotNull();
    assertThat(heard()).containsExactly("1:6:0");
  }

  private static SequencedMap<String, PortEnd> others() {
    SequencedMap<String, PortEnd> ports = new LinkedHashMap<>();
    ports.put("first", new ScriptedEnd());
    ports.put("second", new ScriptedEnd());
    return ports;
  }

  @Test
  void bytesAllocateNothing() {
    bringUp(Feature.EVENT_IDX);
    say(1, ControlEvent.PORT_READY, 1);
    say(1, ControlEvent.PORT_OPEN, 1);
    first.come();
    rig.settle();
    byte[] some = new byte[100];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long fewest = Long.MAX_VALUE;
    for (int i = 0; i < 30; i++) {
      first.send(some);
      rig.offer(RECEIVE_1, writable(RECEIVED, 100));
      rig.offer(TRANSMIT_1, rig.readable(SENT, some));
      long before = threads.getCurrentThreadAllocatedBytes();
      rig.settle();
      fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(rig.rings.get(RECEIVE_1).drain()).isEqualTo(1);
      assertThat(rig.rings.get(TRANSMIT_1).drain()).isEqualTo(1);
      assertThat(first.take(1000)).hasSize(100);
    }
    assertThat(fewest).isZero();
  }
}
