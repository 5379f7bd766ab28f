package org.tenon.hv.virtio.net;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.attach.QueueWork;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.BufferState;
import org.tenon.hv.virtio.DeviceEvents;
import org.tenon.hv.virtio.DeviceModel;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.QueueState;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/**
 * virtio-net over an attached driver. It does no work of its own: whoever made it calls {@link
 * #poll} for a queue when its schedule is told that there is work. Queue 2n receives, queue 2n + 1
 * transmits; the control queue is last of those that the guest knows (5.1.2).
 */
public final class NetDevice implements DeviceModel, QueueWork, AttachListener {
  /** The device type (5.1.1). */
  public static final int TYPE = 1;

  private static final System.Logger LOG = System.getLogger(NetDevice.class.getName());

  private final NicAttachment attachment;
  private final MacAddress address;
  private final int maxQueueSize;
  private final QueueSchedule schedule;
  private final long offered;
  private final List<FrameQueue> queues = new ArrayList<>();
  private final ReceiveRules rules;
  private final NicProperties properties;

  /** At each index at which it may stand. */
  private final ControlQueue control;

  private final ControlQueue firstControl;
  private volatile long features;
  private volatile byte[] registers;
  private volatile @Nullable DeviceEvents events;
  private @Nullable CompletionStage<@Nullable Void> stopping;

  /** What is to go on when a restored device starts, and the RAM that it lies in. */
  private @Nullable NetState restored;

  private @Nullable GuestMemory restoredMemory;

  /** Completes when the driver obeys all that it has been told. */
  private final AtomicReference<CompletableFuture<?>> settled =
      new AtomicReference<>(CompletableFuture.completedFuture(null));

  /**
   * A device after reset.
   *
   * @param attachment a driver that runs
   * @param address the card's
   * @param maxQueueSize of each virtqueue: a power of two, at least 4
   * @param schedule told of a queue that has something to do
   */
  public NetDevice(
      NicAttachment attachment, MacAddress address, int maxQueueSize, QueueSchedule schedule) {
    this.attachment = attachment;
    this.address = address;
    this.maxQueueSize = maxQueueSize;
    this.schedule = schedule;
    properties = attachment.properties();
    offered = NetFeature.offer(attachment.agreement(), attachment.maxSegments());
    rules = new ReceiveRules(address);
    registers = registers();
    for (int pair = 0; pair < pairs(); pair++) {
      var receive = attachment.receivePort(pair);
      var transmit = attachment.transmitPort(pair);
      int first = 2 * pair;
      receive.onReady(() -> schedule.answered(first));
      transmit.onReady(() -> schedule.answered(first + 1));
      queues.add(new ReceiveQueue(first, receive, this, maxQueueSize));
      queues.add(new TransmitQueue(first + 1, transmit, this, maxQueueSize));
    }
    control = new ControlQueue(2 * pairs(), this, maxQueueSize);
    firstControl = pairs() == 1 ? control : new ControlQueue(2, this, maxQueueSize);
    attachment.addListener(this);
  }

  private byte[] registers() {
    return NetRegisters.of(address, attachment.link(), pairs(), properties.maxMtu());
  }

  /** How many pairs of queues there are. */
  public int pairs() {
    return attachment.agreement().queuePairs();
  }

  /** The driver's side. */
  public NicAttachment attachment() {
    return attachment;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return offered;
  }

  @Override
  public boolean accepts(long accepted) {
    return NetFeature.isComplete(accepted);
  }

  /** With the control queue, which is there where a feature needs it. */
  @Override
  public int queueCount() {
    return 2 * pairs() + ((offered & NetFeature.CTRL_VQ) != 0 ? 1 : 0);
  }

  @Override
  public int maxQueueSize() {
    return maxQueueSize;
  }

  @Override
  public void agreed(long accepted) {
    features = accepted;
  }

  private boolean usesPairs() {
    return (features & (NetFeature.MQ | NetFeature.RSS)) != 0;
  }

  private @Nullable ControlQueue controlAt(int queue) {
    if ((features & NetFeature.CTRL_VQ) == 0) {
      return null;
    }
    if (usesPairs()) {
      return queue == 2 * pairs() ? control : null;
    }
    return queue == 2 ? firstControl : null;
  }

  @Override
  public synchronized void start(List<@Nullable Virtqueue> rings, DeviceEvents to) {
    NetState before = restored;
    NetState.Running running = before == null ? null : before.running().orElse(null);
    synchronized (rules) {
      if (running == null) {
        rules.reset(address, features);
      } else {
        rules.restore(running.rules());
      }
    }
    if (running != null) {
      restoreBuffers(running, rings);
    }
    tellDriver();
    events = to;
    for (int i = 0; i < rings.size(); i++) {
      Virtqueue ring = rings.get(i);
      if (ring != null) {
        startQueue(i, ring);
      }
    }
    if (running != null) {
      running.command().ifPresent(this::restoreCommand);
    }
    if (before != null && !before.link().equals(NetState.Link.of(attachment.link()))) {
      to.configChanged();
    }
    restored = null;
    restoredMemory = null;
  }

  private void restoreCommand(BufferState command) {
    ControlQueue commands = usesPairs() ? control : firstControl;
    commands.restore(command, Objects.requireNonNull(restoredMemory));
  }

  /** Every descriptor that a ring has in flight is one of a buffer that was saved. */
  private void restoreBuffers(NetState.Running running, List<@Nullable Virtqueue> rings) {
    GuestMemory memory = Objects.requireNonNull(restoredMemory);
    int[] slots = new int[queueCount()];
    for (NetState.Received buffer : running.received()) {
      int queue = 2 * buffer.pair();
      slots[queue] += buffer.buffer().slots();
      ((ReceiveQueue) queues.get(queue)).restore(buffer, memory);
    }
    for (NetState.Sent frame : running.sent()) {
      int queue = 2 * frame.pair() + 1;
      slots[queue] += frame.buffer().slots();
      ((TransmitQueue) queues.get(queue)).restore(frame, memory);
    }
    if (running.command().isPresent()) {
      slots[usesPairs() ? 2 * pairs() : 2] += running.command().get().slots();
    }
    for (int i = 0; i < slots.length; i++) {
      Virtqueue ring = rings.get(i);
      int inFlight = ring == null ? 0 : ring.state().inFlight();
      if (inFlight != slots[i]) {
        throw new IllegalArgumentException(
            "queue %d has %d descriptors in flight, its buffers take %d"
                .formatted(i, inFlight, slots[i]));
      }
    }
    for (FrameQueue queue : queues) {
      if (queue instanceof ReceiveQueue receive && receive.isInFrame()) {
        throw new IllegalArgumentException("a frame whose last part is missing");
      }
    }
  }

  @Override
  public synchronized void startQueue(int queue, Virtqueue ring) {
    DeviceEvents to = events;
    if (to == null) {
      return;
    }
    ControlQueue commands = controlAt(queue);
    if (commands != null) {
      commands.start(ring, to);
    } else if (queue < (usesPairs() ? 2 * pairs() : 2)) {
      queues.get(queue).start(ring, to);
    }
    schedule.offered(queue);
  }

  /**
   * The driver rests, for a moment or until it may serve, since it cannot give back one queue's
   * buffers alone.
   */
  @Override
  public synchronized CompletionStage<Void> stopQueue(int queue) {
    ControlQueue commands = controlAt(queue);
    if (commands != null || queue >= queues.size()) {
      if (commands != null) {
        commands.stop();
      }
      return CompletableFuture.completedStage(null);
    }
    FrameQueue stopped = queues.get(queue);
    stopped.stop();
    return follow(
        attachment
            .quiesce()
            .thenRun(stopped::discard)
            .thenCompose(rested -> goOn())
            .thenRun(this::lookAtAll));
  }

  private CompletionStage<Void> goOn() {
    return schedule.mayServe() ? attachment.resume() : CompletableFuture.completedStage(null);
  }

  /** Counts among what {@link #whenSettled} waits for. */
  private <T> CompletionStage<T> follow(CompletionStage<T> stage) {
    settled.updateAndGet(before -> CompletableFuture.allOf(before, stage.toCompletableFuture()));
    return stage;
  }

  /**
   * Completes when the driver obeys all that the guest has asked for so far: resets of queues and
   * of the device, filters, steering.
   */
  public CompletionStage<?> whenSettled() {
    return Objects.requireNonNull(settled.get());
  }

  /**
   * The driver has come to rest, for a save: the buffers that it gave back empty wait for it to go
   * on.
   */
  public void rested() {
    for (FrameQueue queue : queues) {
      if (queue instanceof ReceiveQueue receive) {
        receive.rested();
      }
    }
  }

  private void lookAtAll() {
    for (int i = 0; i < queues.size(); i++) {
      schedule.answered(i);
    }
  }

  /** Says what this guest takes, before its first frame. */
  private void tellDriver() {
    boolean checksum = (features & NetFeature.GUEST_CSUM) != 0;
    boolean joined =
        (features & NetFeature.GUEST_TSO4) != 0 && (features & NetFeature.GUEST_TSO6) != 0;
    schedule.settling(follow(attachment.setReceiveOffloads(checksum, joined)));
    schedule.settling(filter(unchanged -> {}));
    schedule.settling(steer(unchanged -> {}));
  }

  @Override
  public void notified(int queue) {
    schedule.offered(queue);
  }

  @Override
  public synchronized CompletionStage<Void> stop() {
    queues.forEach(FrameQueue::stop);
    control.stop();
    firstControl.stop();
    if (events == null) {
      return stopping == null ? CompletableFuture.completedStage(null) : stopping;
    }
    events = null;
    stopping = follow(attachment.reset().thenRun(() -> queues.forEach(FrameQueue::discard)));
    return stopping;
  }

  @Override
  public boolean poll(int queue) {
    ControlQueue commands = controlAt(queue);
    if (commands != null) {
      return commands.poll();
    }
    return queue < queues.size() && queues.get(queue).poll();
  }

  @Override
  public boolean arm(int queue) {
    ControlQueue commands = controlAt(queue);
    if (commands != null) {
      return commands.arm();
    }
    return queue >= queues.size() || queues.get(queue).arm();
  }

  @Override
  public List<@Nullable QueueState> positions() {
    List<@Nullable QueueState> all = new ArrayList<>();
    for (int i = 0; i < queueCount(); i++) {
      ControlQueue commands = controlAt(i);
      Virtqueue ring = commands == null ? null : commands.ring();
      all.add(ring != null ? ring.state() : i < queues.size() ? queues.get(i).position() : null);
    }
    return all;
  }

  /** While the driver rests, and {@link #rested} has been called. */
  @Override
  public synchronized void save(StateWriter out) {
    NetState.Link link = NetState.Link.of(attachment.link());
    out.put(new NetState(features, link, Optional.ofNullable(events).map(to -> running())));
  }

  private NetState.Running running() {
    List<NetState.Received> received = new ArrayList<>();
    List<NetState.Sent> sent = new ArrayList<>();
    for (int i = 0; i < queues.size(); i++) {
      switch (queues.get(i)) {
        case ReceiveQueue queue -> received.addAll(queue.save(i / 2));
        case TransmitQueue queue -> sent.addAll(queue.save(i / 2));
      }
    }
    synchronized (rules) {
      ControlQueue commands = usesPairs() ? control : firstControl;
      return new NetState.Running(rules.save(), commands.save(), received, sent);
    }
  }

  /** Before the common part is restored, which starts the device. */
  @Override
  public synchronized void restore(StateReader in, GuestMemory memory) throws StateException {
    NetState state = in.take(NetState.class);
    if ((state.features() & ~(offered | Feature.COMMON)) != 0 || !accepts(state.features())) {
      throw new StateException(
          "the guest had agreed on features 0x%x, of which this device offers 0x%x only"
              .formatted(state.features(), offered | Feature.COMMON));
    }
    if (state.running().isPresent() && !fits(state.features(), state.running().get())) {
      throw new StateException(
          "a device with %d pairs of queues has other state".formatted(pairs()));
    }
    features = state.features();
    restored = state;
    restoredMemory = memory;
  }

  private boolean fits(long agreed, NetState.Running running) {
    int most = pairs();
    boolean steersHere =
        running.rules().pairs() <= most
            && running.rules().steering().stream()
                .allMatch(steering ->
                    steering.unclassified() < most
                        && steering.table().stream().allMatch(queue -> queue < most));
    return steersHere
        && running.received().stream().allMatch(buffer -> buffer.pair() < most)
        && running.sent().stream().allMatch(frame -> frame.pair() < most)
        && (running.command().isEmpty() || (agreed & NetFeature.CTRL_VQ) != 0);
  }

  @Override
  public synchronized void restored() {
    boolean waits = restored != null && restored.running().isPresent();
    restored = null;
    restoredMemory = null;
    if (waits) {
      throw new IllegalArgumentException("buffers of a driver that has not started the device");
    }
  }

  /** What the device has done. */
  public NetMetrics metrics() {
    long[] sums = new long[6];
    for (int i = 0; i < queues.size(); i++) {
      FrameQueue queue = queues.get(i);
      int at = i % 2 == 0 ? 3 : 0;
      NetCounters counters = queue.counters();
      sums[at] += counters.frames;
      sums[at + 1] += counters.bytes;
      sums[at + 2] += counters.dropped;
    }
    return new NetMetrics(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
  }

  @Override
  public void linkChanged(NicLink now) {
    registers = registers();
    DeviceEvents to = events;
    if (to != null) {
      to.configChanged();
    }
  }

  /** The guest sees that its cable is out. */
  @Override
  public void quarantined(Fault because) {
    LOG.log(Level.DEBUG, "the link is down: {0}", because);
    linkChanged(NicLink.DOWN);
  }

  @Override
  public int configSize() {
    return NetRegisters.SIZE;
  }

  @Override
  public int readConfig(int offset) {
    return registers[offset];
  }

  /** Read-only with VERSION_1 (5.1.4). */
  @Override
  public void writeConfig(int offset, int value) {}

  long negotiated() {
    return features;
  }

  /** The longest frame to send, in bytes. */
  long longest(long offload) {
    return NicOffload.cutting(offload) == NicOffload.WHOLE
        ? properties.maxFrameBytes()
        : properties.maxSegmentedBytes();
  }

  /** Changes which frames arrive; the stage completes when they do. */
  CompletionStage<?> filter(Consumer<ReceiveRules> change) {
    boolean filters =
        attachment.agreement().has(NicCapabilities.ADDRESS_FILTER)
            || attachment.agreement().has(NicCapabilities.VLAN_FILTER);
    synchronized (rules) {
      change.accept(rules);
      return filters
          ? follow(attachment.setFilter(rules.filter()))
          : CompletableFuture.completedStage(null);
    }
  }

  /** Changes where frames arrive; the stage completes when they do. */
  CompletionStage<?> steer(Consumer<ReceiveRules> change) {
    synchronized (rules) {
      change.accept(rules);
      return attachment.agreement().has(NicCapabilities.STEERING)
          ? follow(attachment.setSteering(rules.steering()))
          : CompletableFuture.completedStage(null);
    }
  }

  /** Has the control queue looked at again when the stage completes. */
  void settling(CompletionStage<?> over, int queue) {
    schedule.settling(over);
    if (!over.toCompletableFuture().isDone()) {
      var _ = over.whenComplete((nothing, failure) -> schedule.answered(queue));
    }
  }
}
