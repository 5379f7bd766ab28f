package org.tenon.hv.virtio.net;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.attach.QueueWork;
import org.tenon.hv.virtio.DeviceEvents;
import org.tenon.hv.virtio.DeviceModel;
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
    synchronized (rules) {
      rules.reset(address, features);
    }
    tellDriver();
    events = to;
    for (int i = 0; i < rings.size(); i++) {
      Virtqueue ring = rings.get(i);
      if (ring != null) {
        startQueue(i, ring);
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

  /** The driver rests for a moment, since it cannot give back one queue's buffers alone. */
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
    return attachment
        .quiesce()
        .thenRun(stopped::discard)
        .thenCompose(rested -> attachment.resume())
        .thenRun(this::lookAtAll);
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
    schedule.settling(attachment.setReceiveOffloads(checksum, joined));
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
    stopping = attachment.reset().thenRun(() -> queues.forEach(FrameQueue::discard));
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
    return controlAt(queue) != null || queue >= queues.size() || queues.get(queue).arm();
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
          ? attachment.setFilter(rules.filter())
          : CompletableFuture.completedStage(null);
    }
  }

  /** Changes where frames arrive; the stage completes when they do. */
  CompletionStage<?> steer(Consumer<ReceiveRules> change) {
    synchronized (rules) {
      change.accept(rules);
      return attachment.agreement().has(NicCapabilities.STEERING)
          ? attachment.setSteering(rules.steering())
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
