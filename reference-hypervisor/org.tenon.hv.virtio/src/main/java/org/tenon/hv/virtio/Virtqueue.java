package org.tenon.hv.virtio;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;

/** A virtqueue from the device's side. For one thread at a time; no method allocates. */
public abstract sealed class Virtqueue permits SplitQueue, PackedQueue {
  final GuestMemory memory;
  final int size;
  final boolean eventIndex;
  final boolean indirect;
  private @Nullable RingError error;

  Virtqueue(GuestMemory memory, int size, long features) {
    this.memory = memory;
    this.size = size;
    eventIndex = Feature.has(features, Feature.EVENT_IDX);
    indirect = Feature.has(features, Feature.INDIRECT_DESC);
  }

  /**
   * A queue at the position {@code state} names.
   *
   * @param features what was negotiated; {@link Feature#RING_PACKED} agrees with the state
   * @return null where a ring does not lie in RAM
   */
  public static @Nullable Virtqueue open(QueueState state, GuestMemory memory, long features) {
    return state.packed()
        ? PackedQueue.at(state, memory, features)
        : SplitQueue.at(state, memory, features);
  }

  /** Descriptors in the ring. */
  public final int size() {
    return size;
  }

  /**
   * The rule that the driver broke, or null. Once there is one, {@link #pop} takes nothing more.
   */
  public final @Nullable RingError error() {
    return error;
  }

  /**
   * Takes the next available buffer, if there is one.
   *
   * @param into overwritten
   * @return false when there is none, or the ring is broken ({@link #error})
   */
  public final boolean pop(DescriptorChain into) {
    if (error != null) {
      return false;
    }
    into.clear();
    return take(into);
  }

  abstract boolean take(DescriptorChain into);

  /**
   * Gives a buffer back, in any order. The driver sees it at once; {@link #interruptDue} says
   * whether to tell.
   *
   * @param id {@link DescriptorChain#id}
   * @param slots {@link DescriptorChain#slots}
   * @param written how many bytes, from the first device-writable one, hold what the device wrote
   */
  public abstract void push(int id, int slots, long written);

  /**
   * Whether the driver wants to be notified of what was pushed since the last call (2.7.7, 2.8.14).
   */
  public abstract boolean interruptDue();

  /**
   * Tells the driver that it need not notify: the device is looking anyway. A hint, which may be
   * ignored.
   */
  public abstract void suppressNotifications();

  /**
   * Asks the driver to notify again.
   *
   * @return whether a buffer is available already, which nobody will announce any more
   */
  public abstract boolean allowNotifications();

  /** Registers and position, for saving. */
  public abstract QueueState state();

  /**
   * Notes that the driver broke a rule, and takes nothing more. Answers false, which is what {@link
   * #pop} then says.
   */
  public final boolean fail(RingError broken) {
    error = broken;
    return false;
  }
}
