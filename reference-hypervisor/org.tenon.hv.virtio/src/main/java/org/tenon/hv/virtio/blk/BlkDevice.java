package org.tenon.hv.virtio.blk;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.DeviceEvents;
import org.tenon.hv.virtio.DeviceModel;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.QueueState;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOperation;

/**
 * virtio-blk over an attached driver. It does no work of its own: whoever made it calls {@link
 * #poll} for a queue when its schedule is told that there is work, from a thread for each queue
 * ({@link org.tenon.hv.attach.QueueThread}) or, where runs must repeat exactly, from one thread for
 * all.
 *
 * <p>The cache the guest sees (5.2.6.2) is that of the driver: where the guest chose write-through
 * over a driver with a volatile cache, writes carry FUA, or are followed by a flush where the
 * driver has no FUA, before the guest hears of them.
 */
public final class BlkDevice implements DeviceModel, PortWork, AttachListener {
  /** The device type (5.2.1). */
  public static final int TYPE = 2;

  private final int maxQueueSize;
  private final QueueSchedule schedule;
  private final long offered;
  private volatile BlockAttachment attachment;
  private volatile List<BlkQueue> queues;
  private volatile BlkLimits limits;
  private volatile byte[] registers;
  private volatile byte[] identity;
  private volatile long features;
  private volatile boolean writeback;
  private volatile @Nullable DeviceEvents events;

  /** By queue: descriptors that restored requests take; empty once the rings are known. */
  private int[] restoredSlots = {};

  private BlkMetrics retired = BlkMetrics.NONE;
  private @Nullable CompletionStage<@Nullable Void> stopping;

  /**
   * A device after reset.
   *
   * @param attachment a driver that runs
   * @param maxQueueSize of each virtqueue: a power of two, at least 4
   * @param schedule told of a queue that has something to do
   */
  public BlkDevice(BlockAttachment attachment, int maxQueueSize, QueueSchedule schedule) {
    this.maxQueueSize = maxQueueSize;
    this.schedule = schedule;
    this.attachment = attachment;
    offered = offer(attachment);
    limits = limitsOf(attachment, attachment.geometry());
    registers = registersOf(attachment.geometry());
    identity = identityOf(attachment);
    queues = queuesOf(attachment);
    writeback = (offered & BlkFeature.FLUSH) != 0;
    attachment.addListener(this);
  }

  private static long offer(BlockAttachment attachment) {
    BlockAgreement agreement = attachment.agreement();
    long bits =
        BlkFeature.SIZE_MAX | BlkFeature.SEG_MAX | BlkFeature.BLK_SIZE | BlkFeature.TOPOLOGY;
    bits |= attachment.geometry().readOnly() ? BlkFeature.RO : 0;
    bits |= agreement.queues() > 1 ? BlkFeature.MQ : 0;
    bits |= agreement.has(BlockCapabilities.FLUSH) ? BlkFeature.FLUSH | BlkFeature.CONFIG_WCE : 0;
    bits |= agreement.has(BlockCapabilities.DISCARD) ? BlkFeature.DISCARD : 0;
    bits |= agreement.has(BlockCapabilities.WRITE_ZEROES) ? BlkFeature.WRITE_ZEROES : 0;
    return bits;
  }

  private BlkLimits limitsOf(BlockAttachment of, BlockGeometry geometry) {
    BlockAgreement agreement = of.agreement();
    return BlkLimits.of(
        geometry,
        of.maxSegments(),
        maxQueueSize,
        agreement.has(BlockCapabilities.DISCARD),
        agreement.has(BlockCapabilities.WRITE_ZEROES));
  }

  private byte[] registersOf(BlockGeometry geometry) {
    return BlkRegisters.of(geometry, limits, attachment.agreement().queues());
  }

  private static byte[] identityOf(BlockAttachment of) {
    byte[] serial = of.identity().serial().getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(serial, BlkRequest.ID_BYTES);
  }

  private List<BlkQueue> queuesOf(BlockAttachment of) {
    List<BlkQueue> made = new ArrayList<>();
    for (int i = 0; i < of.agreement().queues(); i++) {
      int index = i;
      of.port(i).onReady(() -> schedule.answered(index));
      made.add(new BlkQueue(i, of.port(i), this, maxQueueSize));
    }
    return List.copyOf(made);
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
    return true;
  }

  @Override
  public int queueCount() {
    return attachment.agreement().queues();
  }

  @Override
  public int maxQueueSize() {
    return maxQueueSize;
  }

  @Override
  public void agreed(long accepted) {
    features = accepted;
    writeback = (accepted & BlkFeature.FLUSH) != 0;
  }

  @Override
  public synchronized void start(List<@Nullable Virtqueue> rings, DeviceEvents to) {
    List<BlkQueue> now = queues;
    for (int i = 0; i < now.size(); i++) {
      Virtqueue ring = rings.get(i);
      if (ring != null) {
        checkRestored(i, ring);
      }
    }
    restoredSlots = new int[0];
    events = to;
    for (int i = 0; i < now.size(); i++) {
      Virtqueue ring = rings.get(i);
      if (ring != null) {
        now.get(i).start(ring, to);
        schedule.offered(i);
      }
    }
  }

  @Override
  public void notified(int queue) {
    schedule.offered(queue);
  }

  @Override
  public synchronized CompletionStage<Void> stop() {
    List<BlkQueue> stopped = queues;
    stopped.forEach(BlkQueue::stop);
    if (events == null) {
      return stopping == null ? CompletableFuture.completedStage(null) : stopping;
    }
    events = null;
    stopping = attachment.reset().thenRun(() -> stopped.forEach(BlkQueue::discard));
    return stopping;
  }

  @Override
  public CompletionStage<Void> stopQueue(int queue) {
    CompletionStage<Void> over = queues.get(queue).drain();
    schedule.offered(queue);
    return over;
  }

  @Override
  public synchronized void startQueue(int queue, Virtqueue ring) {
    DeviceEvents to = events;
    if (to != null) {
      queues.get(queue).start(ring, to);
      schedule.offered(queue);
    }
  }

  /**
   * Goes on with another attachment, as after a quarantine. What the old one has not completed must
   * have been taken from it; requests that wait in the rings go to the new one.
   *
   * @param next agreed on the same capabilities and queues, with the same logical block size
   * @throws IllegalArgumentException if it did not; nothing has changed then
   */
  public synchronized void attach(BlockAttachment next) {
    BlockAgreement before = attachment.agreement();
    BlockAgreement after = next.agreement();
    if (!before.capabilities().equals(after.capabilities())
        || before.queues() != after.queues()
        || attachment.geometry().logicalBlockSize() != next.geometry().logicalBlockSize()
        || attachment.geometry().readOnly() != next.geometry().readOnly()) {
      throw new IllegalArgumentException(
          "the guest knows a device of %s on %s, not of %s on %s"
              .formatted(before, attachment.geometry(), after, next.geometry()));
    }
    attachment.removeListener(this);
    List<BlkQueue> old = queues;
    attachment = next;
    next.addListener(this);
    identity = identityOf(next);
    geometryChanged(next.geometry());
    List<BlkQueue> fresh = queuesOf(next);
    queues = fresh;
    for (int i = 0; i < fresh.size(); i++) {
      Virtqueue ring = old.get(i).detach();
      retired = retired.plus(old.get(i).metrics());
      DeviceEvents to = events;
      if (ring != null && to != null) {
        fresh.get(i).start(ring, to);
      }
      schedule.offered(i);
    }
  }

  @Override
  public BlockPort port(int queue) {
    return attachment.port(queue);
  }

  @Override
  public boolean poll(int queue) {
    return queues.get(queue).poll();
  }

  @Override
  public boolean arm(int queue) {
    return queues.get(queue).arm();
  }

  @Override
  public List<@Nullable QueueState> positions() {
    List<@Nullable QueueState> all = new ArrayList<>();
    queues.forEach(queue -> all.add(queue.position()));
    return all;
  }

  @Override
  public void save(StateWriter out) {
    CompletionStage<@Nullable Void> over;
    synchronized (this) {
      over = stopping;
    }
    if (over != null) {
      over.toCompletableFuture().join();
    }
    List<BlkState.Request> waiting =
        queues.stream().flatMap(queue -> queue.waiting().stream()).toList();
    out.put(new BlkState(features, writeback, waiting));
  }

  /** Before the common part is restored. */
  @Override
  public void restore(StateReader in, GuestMemory memory) throws StateException {
    BlkState state = in.take(BlkState.class);
    if ((state.features() & ~(offered | Feature.COMMON)) != 0) {
      throw new IllegalArgumentException(
          "the guest had agreed on features 0x%x, of which this device offers 0x%x only"
              .formatted(state.features(), offered | Feature.COMMON));
    }
    features = state.features();
    writeback = state.writeback();
    int[] slots = new int[queues.size()];
    for (BlkState.Request request : state.requests()) {
      if (request.queue() >= slots.length) {
        throw new StateException("a request of queue " + request.queue() + ", which is not there");
      }
      if (request.flushAfter() && (offered & BlkFeature.FLUSH) == 0) {
        throw new StateException("a request waits for a flush that the driver has not");
      }
      boolean inRing = request.statusAddress() != BlkState.Request.FORGOTTEN;
      slots[request.queue()] += inRing ? request.slots() : 0;
      queues.get(request.queue()).restore(request, memory);
    }
    restoredSlots = slots;
  }

  @Override
  public synchronized void restored() {
    if (Arrays.stream(restoredSlots).anyMatch(slots -> slots != 0)) {
      throw new IllegalArgumentException("requests of a driver that has not started the device");
    }
  }

  /** A restored ring has in flight what was restored of it, no more and no less. */
  private void checkRestored(int queue, Virtqueue ring) {
    int wanted = restoredSlots.length == 0 ? 0 : restoredSlots[queue];
    if (ring.state().inFlight() != wanted) {
      throw new IllegalArgumentException(
          "queue %d has %d descriptors in flight, its requests take %d"
              .formatted(queue, ring.state().inFlight(), wanted));
    }
  }

  /** What the device has done. */
  public synchronized BlkMetrics metrics() {
    return queues.stream().map(BlkQueue::metrics).reduce(retired, BlkMetrics::plus);
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    limits = limitsOf(attachment, now);
    registers = registersOf(now);
    DeviceEvents to = events;
    if (to != null) {
      to.configChanged();
    }
  }

  @Override
  public int configSize() {
    return BlkRegisters.SIZE;
  }

  @Override
  public int readConfig(int offset) {
    return offset == BlkRegisters.WRITEBACK ? (writeback ? 1 : 0) : registers[offset];
  }

  @Override
  public void writeConfig(int offset, int value) {
    if (offset == BlkRegisters.WRITEBACK && (features & BlkFeature.CONFIG_WCE) != 0) {
      writeback = value != 0;
    }
  }

  long negotiated() {
    return features;
  }

  BlkLimits limits() {
    return limits;
  }

  byte[] identity() {
    return identity;
  }

  boolean hasFua() {
    return attachment.agreement().has(BlockCapabilities.FUA);
  }

  /** Whether what changes the storage must be durable when the guest hears of it. */
  boolean isWritethrough() {
    return !writeback && (offered & BlkFeature.FLUSH) != 0;
  }

  static boolean changes(int operation) {
    return operation == BlockOperation.WRITE
        || operation == BlockOperation.WRITE_ZEROES
        || operation == BlockOperation.DISCARD;
  }
}
