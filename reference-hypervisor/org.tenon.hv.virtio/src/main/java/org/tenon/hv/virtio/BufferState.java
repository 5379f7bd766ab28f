package org.tenon.hv.virtio;

import java.util.List;

/**
 * A buffer that was taken from a virtqueue and not given back, as it is saved with the machine.
 *
 * @param id what the driver knows it by
 * @param slots how many descriptors of the ring it takes
 * @param elements where it lies, device-readable elements first; those that are of no use any more
 *     may be left out
 */
public record BufferState(int id, int slots, List<Element> elements) {
  /** Checks the ranges. */
  public BufferState {
    elements = List.copyOf(elements);
    if (id >>> 16 != 0 || slots < 1 || slots > QueueState.MAX_SIZE) {
      throw new IllegalArgumentException(
          "no virtqueue has buffer %d of %d descriptors".formatted(id, slots));
    }
  }

  /**
   * One piece of RAM.
   *
   * @param address guest-physical
   * @param length in bytes, at least 1
   * @param writable whether the device may write it, and not read it
   */
  public record Element(long address, long length, boolean writable) {}
}
