package org.tenon.hv.virtio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.StateException;

/**
 * A device model that serves its queues itself, on the run-loop thread, between two instructions of
 * the guest: what the guest offers is taken at the next instruction boundary, so that a run repeats
 * exactly as long as nothing comes from outside. What other threads bring reaches it through a
 * {@link Handoff} of its own. Every method, also of subclasses, belongs to the run-loop thread,
 * where nothing says otherwise.
 */
public abstract class LoopDevice implements DeviceModel {
  private final int type;
  private final int maxQueueSize;
  private final @Nullable Virtqueue[] rings;
  private final boolean[] due;
  private final Handoff work;
  private @Nullable DeviceEvents events;
  private long features;

  /**
   * A device after reset.
   *
   * @param type the device type (5)
   * @param queues how many it has
   * @param maxQueueSize of each: a power of two
   * @param handoffs how its work gets to the run-loop thread; the action of one runs only while the
   *     device may write to memory, and again when it may
   */
  protected LoopDevice(int type, int queues, int maxQueueSize, Handoffs handoffs) {
    this.type = type;
    this.maxQueueSize = maxQueueSize;
    rings = new Virtqueue[queues];
    due = new boolean[queues];
    work = handoffs.handoff(this::run);
  }

  /**
   * Takes buffers from a queue and gives them back, as far as it can.
   *
   * @return true if it took all there were and wants to be called when there are more; false if it
   *     cannot go on before something else happens, and then calls {@link #schedule}
   */
  protected abstract boolean serve(int queue, Virtqueue ring);

  /** How many descriptors of a queue the device has taken and not given back: part of its state. */
  protected int inFlight(int queue) {
    return 0;
  }

  /**
   * Goes on with what the driver of a saved device had agreed to.
   *
   * @throws StateException if this device does not offer it
   */
  protected final void restoreFeatures(long agreed) throws StateException {
    if ((agreed & ~(features() | Feature.COMMON)) != 0) {
      throw new StateException(
          "the guest had agreed on features 0x%x, of which this device offers 0x%x only"
              .formatted(agreed, features() | Feature.COMMON));
    }
    features = agreed;
  }

  /** The driver is ready; the queues are served next. */
  protected void started() {}

  /** The driver is gone, or never came; its queues are out of reach. */
  protected void stopped() {}

  /** The driver has taken one queue back; what the device had of it is forgotten. */
  protected void stopped(int queue) {}

  /**
   * Has a queue served before the guest's next instruction; does nothing while it has no driver.
   */
  protected final void schedule(int queue) {
    due[queue] = true;
    work.raise();
  }

  /** The queue, or null while it has no driver. */
  protected final @Nullable Virtqueue ring(int queue) {
    return rings[queue];
  }

  /** What the driver agreed to; 0 before. */
  protected final long agreedFeatures() {
    return features;
  }

  /** Whether a driver is there. */
  protected final boolean isStarted() {
    return events != null;
  }

  /** The configuration space has changed; the driver is told, if there is one. */
  protected final void configChanged() {
    DeviceEvents to = events;
    if (to != null) {
      to.configChanged();
    }
  }

  private void run() {
    for (int queue = 0; queue < rings.length; queue++) {
      Virtqueue ring = rings[queue];
      if (due[queue]) {
        due[queue] = false;
        if (ring != null) {
          run(queue, ring);
        }
      }
    }
  }

  private void run(int queue, Virtqueue ring) {
    do {
      ring.suppressNotifications();
    } while (serve(queue, ring) && ring.allowNotifications());
    DeviceEvents to = Objects.requireNonNull(events);
    if (ring.interruptDue()) {
      to.used(queue);
    }
    if (ring.error() != null) {
      to.needsReset("queue " + queue + ": " + ring.error());
    }
  }

  @Override
  public final int type() {
    return type;
  }

  @Override
  public final int queueCount() {
    return rings.length;
  }

  @Override
  public final int maxQueueSize() {
    return maxQueueSize;
  }

  @Override
  public boolean accepts(long accepted) {
    return true;
  }

  @Override
  public void agreed(long accepted) {
    features = accepted;
  }

  @Override
  public final void start(List<@Nullable Virtqueue> queues, DeviceEvents to) {
    for (int i = 0; i < rings.length; i++) {
      checkInFlight(i, queues.get(i));
    }
    for (int i = 0; i < rings.length; i++) {
      rings[i] = queues.get(i);
    }
    events = to;
    started();
    Arrays.fill(due, true);
    work.raise();
  }

  /** A restored ring has in flight what was restored of it, no more and no less. */
  private void checkInFlight(int queue, @Nullable Virtqueue ring) {
    int taken = ring == null ? 0 : ring.state().inFlight();
    if (taken != inFlight(queue)) {
      throw new IllegalArgumentException(
          "queue %d has %d descriptors in flight, its buffers take %d"
              .formatted(queue, taken, inFlight(queue)));
    }
  }

  @Override
  public final void notified(int queue) {
    schedule(queue);
  }

  @Override
  public final CompletionStage<Void> stop() {
    events = null;
    Arrays.fill(rings, null);
    stopped();
    return CompletableFuture.completedStage(null);
  }

  @Override
  public final CompletionStage<Void> stopQueue(int queue) {
    rings[queue] = null;
    stopped(queue);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public final void startQueue(int queue, Virtqueue ring) {
    rings[queue] = ring;
    schedule(queue);
  }

  @Override
  public final List<@Nullable QueueState> positions() {
    List<@Nullable QueueState> all = new ArrayList<>();
    for (Virtqueue ring : rings) {
      all.add(ring == null ? null : ring.state());
    }
    return all;
  }
}
