package org.tenon.hv.virtio.net;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.BufferState;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.DeviceEvents;
import org.tenon.hv.virtio.QueueState;
import org.tenon.hv.virtio.Virtqueue;

/**
 * One transmitq or receiveq: takes buffers from a virtqueue, hands them to a port, and gives them
 * back when the port is done. Everything but the driver's part happens under the port's monitor;
 * any thread may {@link #poll}.
 */
abstract sealed class FrameQueue permits TransmitQueue, ReceiveQueue {
  final DescriptorChain chain;
  final NetCounters counters = new NetCounters();

  /** By tag: the buffer that it came in. */
  final int[] ids;

  final int[] slots;

  /** By tag: whether the guest still wants it. */
  final boolean[] wanted;

  private final int index;
  private final TagPort port;
  private @Nullable Virtqueue ring;
  private @Nullable DeviceEvents events;

  FrameQueue(int index, TagPort port, int maxChain) {
    this.index = index;
    this.port = port;
    chain = new DescriptorChain(maxChain);
    ids = new int[port.depth()];
    slots = new int[port.depth()];
    wanted = new boolean[port.depth()];
  }

  /** Makes what is in the chain the tag's; false where it makes no sense. */
  abstract boolean begin(int tag);

  /** Gives back what the port has completed; whether there was any. */
  abstract boolean reap();

  /** Whether buffers are taken while there is no driver; they end at once then. */
  abstract boolean takesUnserved();

  /** Forgets what has come in part. */
  abstract void forget();

  /** The virtqueue; null once the guest has forgotten its buffers. */
  final @Nullable Virtqueue ring() {
    return ring;
  }

  /** Begins to serve a virtqueue. */
  final void start(Virtqueue virtqueue, DeviceEvents to) {
    synchronized (port) {
      ring = virtqueue;
      events = to;
    }
  }

  /** Touches the virtqueue no more; what is in flight ends without the guest. */
  final void stop() {
    synchronized (port) {
      ring = null;
      Arrays.fill(wanted, false);
    }
  }

  /** Releases what came back after a stop, and what the driver was not given. */
  final void discard() {
    port.abortStaged();
    synchronized (port) {
      port.allow(port.stagedTotal());
      reap();
      forget();
    }
  }

  /** Where the virtqueue is, or null when none is served. */
  final @Nullable QueueState position() {
    synchronized (port) {
      if (!port.isUntouched()) {
        throw new IllegalStateException(
            "the driver has buffers of queue %d: quiesce it first".formatted(index));
      }
      Virtqueue now = ring;
      return now == null ? null : now.state();
    }
  }

  /** A copy of the counts. */
  final NetCounters counters() {
    synchronized (port) {
      return counters.copy();
    }
  }

  /** Asks for a wake-up once there is something to do; false where there is already. */
  final boolean arm() {
    return port.arm();
  }

  /**
   * One pass: gives back what is done, takes what is available, lets the driver have it, and gives
   * back what it completed at once.
   *
   * @return whether another pass may find more to do
   */
  final boolean poll() {
    boolean took;
    synchronized (port) {
      Virtqueue from = ring;
      if (from == null) {
        return false;
      }
      reap();
      took = take(from);
    }
    port.submit();
    return finish(took);
  }

  private boolean finish(boolean took) {
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
      boolean room = port.used() < port.depth() && takes();
      again = took || reaped || (now.allowNotifications() && room);
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

  /** Takes buffers while there are tags for them; whether any was taken. */
  private boolean take(Virtqueue from) {
    boolean took = false;
    from.suppressNotifications();
    while (takes()) {
      int tag = port.claim();
      if (tag == TagPort.NONE) {
        break;
      }
      if (!from.pop(chain)) {
        port.release(tag);
        break;
      }
      took = true;
      if (begin(tag)) {
        own(tag);
        port.stage(tag);
      } else {
        port.release(tag);
        counters.dropped();
        from.push(chain.id(), chain.slots(), 0);
      }
    }
    return took;
  }

  private boolean takes() {
    return takesUnserved() || port.isServed();
  }

  /** Notes which buffer the tag's is. */
  private void own(int tag) {
    ids[tag] = chain.id();
    slots[tag] = chain.slots();
    wanted[tag] = true;
  }

  /**
   * Takes up a buffer that was saved, as the next tag's.
   *
   * @return the tag, claimed and not begun
   * @throws IllegalArgumentException where there is no such buffer, or no tag for it
   */
  final int take(BufferState saved, GuestMemory memory) {
    chain.restore(saved, memory);
    int tag = port.claim();
    if (tag == TagPort.NONE) {
      throw new IllegalArgumentException(
          "queue %d has more than %d buffers".formatted(index, port.depth()));
    }
    own(tag);
    return tag;
  }
}
