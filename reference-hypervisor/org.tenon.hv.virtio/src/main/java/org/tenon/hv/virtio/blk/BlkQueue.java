package org.tenon.hv.virtio.blk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.DeviceEvents;
import org.tenon.hv.virtio.QueueState;
import org.tenon.hv.virtio.RingError;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.spi.block.BlockOperation;

/**
 * One request queue: takes buffers from a virtqueue, turns them into requests of a port, and gives
 * them back when the port is done. Everything but the driver's submit happens under the port's
 * monitor; any thread may {@link #poll}.
 */
final class BlkQueue {
  private final int index;
  private final BlockPort port;
  private final BlkDevice device;
  private final DescriptorChain chain;
  private final BlkRequest request = new BlkRequest();
  private final BlkRequest.Segments segments;
  private final BlkRequest.Segments identity = this::copyIdentity;
  private final BlkCounters counters = new BlkCounters();

  /** By tag: the buffer that the request came in. */
  private final int[] ids;

  private final int[] slots;
  private final int[] operations;
  private final long[] dataBytes;
  private final boolean[] flushAfter;

  /** By tag: where its status goes; null once the guest has forgotten the request. */
  private final @Nullable MemoryRegion[] statusRegions;

  private final long[] statusOffsets;
  private int identityAt;
  private @Nullable Virtqueue ring;
  private @Nullable DeviceEvents events;

  /** What to tell once nothing is in flight any more, while the queue alone is being reset. */
  private @Nullable CompletableFuture<Void> drained;

  BlkQueue(int index, BlockPort port, BlkDevice device, int maxChain) {
    this.index = index;
    this.port = port;
    this.device = device;
    chain = new DescriptorChain(maxChain);
    segments = port::segment;
    int depth = port.depth();
    ids = new int[depth];
    slots = new int[depth];
    operations = new int[depth];
    dataBytes = new long[depth];
    flushAfter = new boolean[depth];
    statusRegions = new MemoryRegion[depth];
    statusOffsets = new long[depth];
  }

  /** Begins to serve a virtqueue. */
  void start(Virtqueue virtqueue, DeviceEvents to) {
    synchronized (port) {
      ring = virtqueue;
      events = to;
    }
  }

  /** Touches the virtqueue no more; what is in flight ends without the guest. */
  void stop() {
    synchronized (port) {
      ring = null;
      Arrays.fill(statusRegions, null);
    }
  }

  /**
   * As {@link #stop}, for this queue alone: the driver, which cannot give one queue's requests back
   * early, ends them in its own time.
   *
   * @return completes when none is left
   */
  CompletionStage<Void> drain() {
    synchronized (port) {
      stop();
      CompletableFuture<Void> over = new CompletableFuture<>();
      drained = over;
      return over;
    }
  }

  /** Gives everything completed back and hands the virtqueue over, to go on with another port. */
  @Nullable Virtqueue detach() {
    Virtqueue detached;
    synchronized (port) {
      reap();
      detached = ring;
      ring = null;
    }
    var _ = finishDrain();
    return detached;
  }

  /** Releases what completed after a stop. */
  void discard() {
    synchronized (port) {
      port.allow(port.stagedTotal());
      reap();
    }
    var _ = finishDrain();
  }

  /** Where the virtqueue is, or null when none is served. */
  @Nullable QueueState position() {
    synchronized (port) {
      if (!port.isAtRest()) {
        throw new IllegalStateException(
            "the driver has requests of queue %d: quiesce it first".formatted(index));
      }
      Virtqueue now = ring;
      return now == null ? null : now.state();
    }
  }

  /** The requests that wait to be given back, for a save. */
  List<BlkState.Request> waiting() {
    synchronized (port) {
      return Arrays.stream(port.waiting()).mapToObj(this::request).toList();
    }
  }

  private BlkState.Request request(int tag) {
    MemoryRegion region = statusRegions[tag];
    return new BlkState.Request(
        index,
        ids[tag],
        slots[tag],
        operations[tag],
        dataBytes[tag],
        flushAfter[tag],
        region == null ? BlkState.Request.FORGOTTEN : region.base() + statusOffsets[tag],
        port.status(tag));
  }

  /** Takes up a request that waited to be given back. */
  void restore(BlkState.Request saved, GuestMemory memory) {
    synchronized (port) {
      boolean forgotten = saved.statusAddress() == BlkState.Request.FORGOTTEN;
      MemoryRegion region = forgotten ? null : memory.find(saved.statusAddress(), 1);
      boolean valid = forgotten || region != null;
      int tag = valid ? port.restore(saved.operation(), saved.status()) : BlockPort.NONE;
      if (tag == BlockPort.NONE) {
        throw new IllegalArgumentException(
            "no request of queue %d has its status at %#x, or there are more than %d"
                .formatted(index, saved.statusAddress(), port.depth()));
      }
      ids[tag] = saved.id();
      slots[tag] = saved.slots();
      operations[tag] = saved.operation();
      dataBytes[tag] = saved.dataBytes();
      flushAfter[tag] = saved.flushAfter();
      statusRegions[tag] = region;
      statusOffsets[tag] = region == null ? 0 : region.offset(saved.statusAddress());
    }
  }

  /** Asks for a wake-up once there is something to do; false where there is already. */
  boolean arm() {
    return port.arm();
  }

  BlkMetrics metrics() {
    synchronized (port) {
      return counters.snapshot();
    }
  }

  /**
   * One pass: gives back what is done, takes what is available, lets the driver have it, and gives
   * back what it completed at once.
   *
   * @return whether another pass may find more to do
   */
  boolean poll() {
    boolean took;
    synchronized (port) {
      if (ring == null && drained == null) {
        return false;
      }
      reap();
      took = ring != null && take();
    }
    port.submit();
    return finish(took);
  }

  private boolean finish(boolean took) {
    if (finishDrain()) {
      return false;
    }
    boolean again;
    boolean interrupt;
    String broken = null;
    DeviceEvents to;
    synchronized (port) {
      Virtqueue now = ring;
      if (now == null) {
        return false;
      }
      boolean reaped = reap();
      interrupt = now.interruptDue();
      again = took || reaped || (now.allowNotifications() && port.used() < port.depth());
      if (now.error() != null) {
        broken = "queue " + index + ": " + now.error();
        ring = null;
      }
      to = Objects.requireNonNull(events);
    }
    if (interrupt) {
      to.used(index);
    }
    if (broken != null) {
      to.needsReset(broken);
      return false;
    }
    return again;
  }

  /** Whether the queue is being drained; tells without the monitor when it is over. */
  private boolean finishDrain() {
    CompletableFuture<Void> over;
    synchronized (port) {
      over = drained;
      if (over == null) {
        return false;
      }
      reap();
      if (port.used() > 0) {
        return true;
      }
      drained = null;
    }
    over.complete(null);
    return true;
  }

  /** Takes buffers while there are tags for them; whether any was taken. */
  private boolean take() {
    Virtqueue from = Objects.requireNonNull(ring);
    boolean took = false;
    from.suppressNotifications();
    for (int tag = port.claim(); tag != BlockPort.NONE; tag = port.claim()) {
      if (!from.pop(chain)) {
        port.release(tag);
        break;
      }
      took = true;
      if (!begin(tag)) {
        port.release(tag);
      }
    }
    return took;
  }

  /** Starts on the buffer just taken; false where it is answered already. */
  private boolean begin(int tag) {
    BlkRequest.Outcome outcome = request.parse(chain, device.negotiated(), device.limits());
    switch (outcome) {
      case SUBMIT -> {
        return stage(tag);
      }
      case GET_ID -> answer(identify() ? BlkRequest.OK : BlkRequest.IOERR, BlkRequest.ID_BYTES);
      case DONE -> answer(BlkRequest.OK, 0);
      case FAILED -> answer(BlkRequest.IOERR, 0);
      case UNSUPPORTED -> answer(BlkRequest.UNSUPP, 0);
      // Nobody can be told how it ended, so the buffer stays here and the device needs a reset.
      case MALFORMED -> Objects.requireNonNull(ring).fail(RingError.NO_STATUS);
    }
    return false;
  }

  private boolean stage(int tag) {
    int operation = request.operation();
    boolean through = device.isWritethrough() && BlkDevice.changes(operation);
    boolean fua = through && device.hasFua() && operation != BlockOperation.DISCARD;
    int flags = request.flags() | (fua ? BlockOperation.FUA : 0);
    port.begin(tag, operation, flags, request.block(), request.blocks());
    if (!request.forEachSegment(chain, tag, segments)) {
      answer(BlkRequest.IOERR, 0);
      return false;
    }
    ids[tag] = chain.id();
    slots[tag] = chain.slots();
    operations[tag] = operation;
    dataBytes[tag] = request.dataBytes();
    flushAfter[tag] = through && !fua;
    statusRegions[tag] = BlkRequest.statusRegion(chain);
    statusOffsets[tag] = BlkRequest.statusOffset(chain);
    port.stage(tag);
    return true;
  }

  private boolean identify() {
    identityAt = 0;
    return request.forEachSegment(chain, BlockPort.NONE, identity);
  }

  private boolean copyIdentity(int tag, MemoryRegion region, long offset, long length) {
    MemorySegment.copy(
        device.identity(), identityAt, region.segment(), JAVA_BYTE, offset, (int) length);
    region.markDirty(offset, length);
    identityAt += (int) length;
    return true;
  }

  /** Gives the buffer just taken back at once. */
  private void answer(byte status, long written) {
    MemoryRegion region = BlkRequest.statusRegion(chain);
    writeStatus(region, BlkRequest.statusOffset(chain), status);
    counters.ended(0, 0, status);
    Objects.requireNonNull(ring)
        .push(chain.id(), chain.slots(), usedLength(chain.writableBytes() - 1, written, status));
  }

  /** Gives back what the port has completed; whether there was any. */
  private boolean reap() {
    boolean any = false;
    for (int tag = port.completed(); tag != BlockPort.NONE; tag = port.completed()) {
      any = true;
      if (port.status(tag) == Status.OK && flushAfter[tag] && statusRegions[tag] != null) {
        flushAfter[tag] = false;
        port.reuse(tag);
        port.begin(tag, BlockOperation.FLUSH, 0, 0, 0);
        port.stage(tag);
        continue;
      }
      end(tag);
      port.release(tag);
    }
    return any;
  }

  private void end(int tag) {
    MemoryRegion region = statusRegions[tag];
    Virtqueue to = ring;
    statusRegions[tag] = null;
    if (region == null || to == null) {
      return;
    }
    byte status = toVirtio(port.status(tag));
    int operation = operations[tag];
    writeStatus(region, statusOffsets[tag], status);
    counters.ended(operation, dataBytes[tag], status);
    long readable = operation == BlockOperation.READ ? dataBytes[tag] : 0;
    to.push(ids[tag], slots[tag], usedLength(readable, readable, status));
  }

  /**
   * Bytes from the first device-writable one on that hold what the device wrote (2.7.8.2): never
   * too many.
   */
  private static long usedLength(long writableData, long written, byte status) {
    long data = status == BlkRequest.OK ? written : 0;
    return data == writableData ? data + 1 : data;
  }

  private static byte toVirtio(int status) {
    return switch (status) {
      case Status.OK -> BlkRequest.OK;
      case Status.UNSUPPORTED -> BlkRequest.UNSUPP;
      default -> BlkRequest.IOERR;
    };
  }

  private static void writeStatus(MemoryRegion region, long offset, byte status) {
    region.segment().set(JAVA_BYTE, offset, status);
    region.markDirty(offset, 1);
  }
}
