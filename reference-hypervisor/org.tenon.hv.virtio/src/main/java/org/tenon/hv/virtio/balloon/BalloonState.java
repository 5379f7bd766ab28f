package org.tenon.hv.virtio.balloon;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What is saved of a balloon beside the common part ({@link org.tenon.hv.virtio.VirtioState}).
 *
 * @param features what was agreed
 * @param pages how many the guest is to give up, as an unsigned number
 * @param actual how many it says it has
 * @param poison what it fills free pages with
 * @param heldId the buffer of statistics that waits to be given back, or -1
 * @param heldSlots how many descriptors of the ring it takes; 0 for none
 */
@StateFormat(name = "virtio-balloon", version = 1)
public record BalloonState(
    long features, int pages, int actual, int poison, int heldId, int heldSlots) {
  /** Checks the ranges. */
  public BalloonState {
    boolean none = heldId == -1 && heldSlots == 0;
    if (!none && (heldId >>> 16 != 0 || heldSlots < 1 || heldSlots >>> 16 != 0)) {
      throw new IllegalArgumentException("no state of a balloon");
    }
  }
}
