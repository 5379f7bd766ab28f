package org.tenon.hv.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.BufferState;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.Interrupts;
import org.tenon.hv.virtio.PolledQueues;
import org.tenon.hv.virtio.VirtioDevice;
import org.tenon.hv.virtio.VirtioState;
import org.tenon.spi.net.NicOffload;

/** A device that is saved again and again while its guest and the wire exchange frames. */
class NetSavedTest {
  private static final int QUEUE_SIZE = 64;

  /** Descriptors that stay free: the guest has memory for so many buffers. */
  private static final int SPARE = 36;

  private static final Interrupts NONE =
      new Interrupts() {
        @Override
        public void queue(int index) {}

        @Override
        public void config() {}
      };

  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(64 << 20));
  private final PolledQueues queues = new PolledQueues();
  private final List<String> sent = new ArrayList<>();
  private final List<List<String>> received = List.of(new ArrayList<>(), new ArrayList<>());
  private final List<String> onTheWire = new ArrayList<>();
  private final List<List<String>> arrived = List.of(new ArrayList<>(), new ArrayList<>());
  private WireNic nic = new WireNic();

  @SuppressWarnings("NullAway.Init") // by make
  private Random random;

  @SuppressWarnings("NullAway.Init") // by make
  private NicAttachment attachment;

  @SuppressWarnings("NullAway.Init") // by make
  private NetDevice model;

  @SuppressWarnings("NullAway.Init") // by make
  private NetGuest guest;

  @AfterEach
  void release() {
    memory.close();
  }

  private VirtioDevice attach(int pairs) {
    nic = new WireNic();
    nic.pairs = pairs;
    attachment = nic.attach(memory);
    model = new NetDevice(attachment, WireNic.ADDRESS, QUEUE_SIZE, queues);
    return new VirtioDevice(model, memory, NONE);
  }

  private void make(int pairs, boolean packed, long seed) {
    random = new Random(seed);
    guest = new NetGuest(attach(pairs), memory, random);
    long offered = guest.device.deviceFeatures() & ~Feature.RING_PACKED;
    guest.initialize(offered | (packed ? Feature.RING_PACKED : 0), QUEUE_SIZE);
    pump();
  }

  private void pump() {
    queues.serve(model);
  }

  private byte[] saved() throws StateException {
    attachment.quiesce().toCompletableFuture().join();
    model.rested();
    StateWriter out = new StateWriter();
    guest.device.save(out);
    return out.toBytes();
  }

  /** Goes on with another device and another driver. */
  private void moveOn() throws StateException {
    int pairs = model.pairs();
    byte[] state = saved();
    collect();
    WireNic before = nic;
    attachment.close().toCompletableFuture().join();
    assertThat(attachment.faults()).isEmpty();
    queues.forget();
    guest.device = attach(pairs);
    guest.device.restore(new StateReader(ByteBuffer.wrap(state)));
    assertThat(nic.filters.getLast()).isEqualTo(before.filters.getLast());
    if (pairs > 1) {
      assertThat(nic.steerings.getLast()).isEqualTo(before.steerings.getLast());
    }
    assertThat(saved()).as("restored and saved at once").isEqualTo(state);
    attachment.resume().toCompletableFuture().join();
    for (int queue = 0; queue < model.queueCount(); queue++) {
      queues.offered(queue);
    }
  }

  /** What the wire has seen. */
  private void collect() {
    for (WireNic.Sent frame : nic.wire) {
      onTheWire.add(text(frame.queue(), frame.bytes(), frame.offload()));
    }
    nic.wire.clear();
  }

  private static String text(int pair, byte[] frame, long offload) {
    return "%d %x %s".formatted(pair, offload, HexFormat.of().formatHex(frame));
  }

  private byte[] frame(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void send(int pair) {
    if (guest.rings.get(2 * pair + 1).free() < SPARE) {
      return;
    }
    byte[] frame = frame(60 + random.nextInt(1400));
    byte[] header;
    long offload;
    switch (random.nextInt(3)) {
      case 0 -> {
        header = NetGuest.header(1, 0, 0, 34, 16);
        offload = NicOffload.checksum(34, 16);
      }
      case 1 -> {
        frame[12] = 8;
        frame[13] = 0;
        frame[14] = 0x45;
        frame[20] = 0;
        frame[21] = 0;
        frame[23] = 6;
        frame[46] = 0x50;
        header = NetGuest.header(1, NicOffload.TCP4, 500, 34, 16);
        offload = NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 500, false);
      }
      default -> {
        header = NetGuest.header(0, 0, 0, 0, 0);
        offload = NicOffload.NONE;
      }
    }
    guest.send(2 * pair + 1, NetGuest.join(header, frame), 0);
    sent.add(text(pair, frame, offload));
  }

  private void receive(int pair) {
    byte[] frame = frame(14 + random.nextInt(900));
    long offload = random.nextBoolean() ? NicOffload.valid() : NicOffload.NONE;
    if (nic.receive(pair, frame, offload)) {
      received.get(pair).add(text(pair, frame, offload));
    }
  }

  private void take(int pair) {
    for (NetGuest.Arrived frame : guest.arrived(2 * pair)) {
      long offload = frame.header()[0] == 2 ? NicOffload.valid() : NicOffload.NONE;
      arrived.get(pair).add(text(pair, frame.frame(), offload));
    }
    guest.used(2 * pair + 1);
  }

  private void step(int pairs) throws StateException {
    int pair = random.nextInt(pairs);
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        if (guest.rings.get(2 * pair).free() > SPARE) {
          guest.post(2 * pair, 30 + random.nextInt(500));
        }
      }
      case 2 -> send(pair);
      case 3 -> receive(pair);
      case 4 -> take(pair);
      case 5 -> pump();
      case 6 -> {
        // What is sent now the driver is not given.
        attachment.quiesce().toCompletableFuture().join();
        send(pair);
        pump();
        moveOn();
      }
      default -> {
        if (random.nextInt(4) == 0) {
          moveOn();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false, 1", "1, true, 2", "2, false, 3", "2, true, 4"})
  void nothingIsLostAndNothingComesTwice(int pairs, boolean packed, long seed)
      throws StateException {
    make(pairs, packed, seed);
    int control = 2 * pairs;
    guest.send(control, new byte[] {2, 0, 7, 0}, 1);
    if (pairs > 1) {
      guest.send(control, new byte[] {4, 0, 2, 0}, 1);
    }
    pump();
    for (int i = 0; i < 2000; i++) {
      step(pairs);
    }
    pump();
    collect();
    assertThat(onTheWire).hasSizeGreaterThan(200);
    for (int pair = 0; pair < pairs; pair++) {
      String mine = pair + " ";
      take(pair);
      assertThat(onTheWire.stream().filter(text -> text.startsWith(mine)))
          .containsExactlyElementsOf(sent.stream().filter(text -> text.startsWith(mine)).toList());
      assertThat(arrived.get(pair)).hasSizeGreaterThan(20).isEqualTo(received.get(pair));
    }
    assertThat(attachment.faults()).isEmpty();
    assertThat(model.metrics().sendDrops() + model.metrics().receiveDrops()).isZero();
  }

  private void refused(byte[] common, NetState state, String why) {
    StateWriter out = new StateWriter();
    out.put(read(common));
    out.put(state);
    VirtioDevice device = attach(1);
    assertThatThrownBy(() -> device.restore(new StateReader(ByteBuffer.wrap(out.toBytes()))))
        .isInstanceOfAny(StateException.class, IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  private static VirtioState read(byte[] state) {
    try {
      return new StateReader(ByteBuffer.wrap(state)).take(VirtioState.class);
    } catch (StateException e) {
      throw new AssertionError(e);
    }
  }

  private static NetState with(NetState state, UnaryOperator<NetState.Running> change) {
    return new NetState(state.features(), state.link(), state.running().map(change));
  }

  @Test
  void whatNoDeviceHasIsRefused() throws StateException {
    make(1, false, 5);
    guest.post(0, 100);
    guest.post(0, 100);
    pump();
    nic.receive(0, frame(60), NicOffload.NONE);
    byte[] whole = saved();
    StateReader in = new StateReader(ByteBuffer.wrap(whole));
    in.take(VirtioState.class);
    NetState state = in.take(NetState.class);
    NetState.Running now = state.running().orElseThrow();
    NetState.Received full = now.received().getFirst();
    assertThat(full.bytes()).isEqualTo(60);
    refused(
        whole,
        with(state, is -> new NetState.Running(is.rules(), is.command(), List.of(), is.sent())),
        "queue 0 has 2 descriptors in flight, its buffers take 0");
    refused(whole, received(state, full, 200, false), "no driver has received");
    refused(whole, received(state, full, 60, true), "no driver has received");
    BufferState outside =
        new BufferState(
            full.buffer().id(), 1, List.of(new BufferState.Element(1L << 40, 100, true)));
    refused(
        whole,
        with(
            state,
            is ->
                new NetState.Running(
                    is.rules(),
                    is.command(),
                    List.of(
                        new NetState.Received(0, outside, 60, false, 0), is.received().getLast()),
                    is.sent())),
        "no driver has made BufferState");
    refused(
        whole,
        with(
            state,
            is ->
                new NetState.Running(
                    is.rules(), is.command(), is.received(), List.of(frameOf(3, full)))),
        "a device with 1 pairs of queues has other state");
    refused(
        whole,
        new NetState(1L << 50, state.link(), state.running()),
        "the guest had agreed on features 0x4000000000000");
  }

  private static NetState.Sent frameOf(int pair, NetState.Received buffer) {
    return new NetState.Sent(pair, buffer.buffer(), 0, false, 0);
  }

  private static NetState received(
      NetState state, NetState.Received full, int bytes, boolean more) {
    return with(
        state,
        is ->
            new NetState.Running(
                is.rules(),
                is.command(),
                List.of(
                    new NetState.Received(0, full.buffer(), bytes, more, 0),
                    is.received().getLast()),
                is.sent()));
  }

  /** Damage at every byte in turn: refused in one line, or a device that works on. */
  @Test
  void damageIsRefusedOrHarmless() throws StateException {
    make(1, false, 6);
    for (int i = 0; i < 6; i++) {
      guest.post(0, 100);
    }
    pump();
    nic.receive(0, frame(150), NicOffload.NONE);
    attachment.quiesce().toCompletableFuture().join();
    send(0);
    pump();
    byte[] whole = saved();
    int refusals = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      queues.forget();
      VirtioDevice device = attach(1);
      try {
        device.restore(new StateReader(ByteBuffer.wrap(damaged)));
        for (int queue = 0; queue < model.queueCount(); queue++) {
          queues.offered(queue);
        }
        pump();
        nic.receive(0, frame(60), NicOffload.NONE);
        pump();
        device.status(0);
      } catch (StateException | IllegalArgumentException e) {
        assertThat(String.valueOf(e.getMessage())).isNotBlank();
        refusals++;
      }
      attachment.close().toCompletableFuture().join();
    }
    assertThat(refusals).isBetween(whole.length / 4, whole.length - 1);
  }
}
