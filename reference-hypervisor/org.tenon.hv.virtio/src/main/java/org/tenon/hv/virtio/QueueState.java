package org.tenon.hv.virtio;

/**
 * A virtqueue's registers and position: what is saved with the machine. The constructor accepts
 * only what a conforming driver and device can have produced, so that a restored state needs no
 * further check than whether its rings are RAM.
 *
 * @param packed whether the ring is packed (2.8) or split (2.7)
 * @param size descriptors: 1 to 32768, a power of two for a split ring
 * @param descriptorArea guest-physical address of the descriptor table or ring, a multiple of 16
 * @param driverArea address of the available ring (a multiple of 2) or of the driver event
 *     suppression (of 4)
 * @param deviceArea address of the used ring or of the device event suppression, a multiple of 4
 * @param nextAvail where the next buffer is taken from: a free-running 16-bit index, or a slot of a
 *     packed ring
 * @param nextUsed where the next buffer is given back, likewise
 * @param availWrap the wrap counter that belongs to {@code nextAvail}; true for a split ring
 * @param usedWrap the wrap counter that belongs to {@code nextUsed}; true for a split ring
 */
public record QueueState(
    boolean packed,
    int size,
    long descriptorArea,
    long driverArea,
    long deviceArea,
    int nextAvail,
    int nextUsed,
    boolean availWrap,
    boolean usedWrap) {
  /** The largest queue (2.7, 2.8). */
  public static final int MAX_SIZE = 32768;

  /** Bytes of a descriptor in either format. */
  static final int DESCRIPTOR_BYTES = 16;

  /** Checks every field. */
  public QueueState {
    if (!isValid(packed, size, descriptorArea, driverArea, deviceArea)) {
      throw new IllegalArgumentException(
          "no virtqueue has size %d and areas 0x%x, 0x%x, 0x%x"
              .formatted(size, descriptorArea, driverArea, deviceArea));
    }
    int limit = packed ? size : 0x10000;
    if (nextAvail < 0 || nextAvail >= limit || nextUsed < 0 || nextUsed >= limit) {
      throw new IllegalArgumentException(
          "virtqueue position %d, %d is outside 0..%d".formatted(nextAvail, nextUsed, limit - 1));
    }
    if (!packed && !(availWrap && usedWrap)) {
      throw new IllegalArgumentException("a split virtqueue has no wrap counters");
    }
    if (inFlight(packed, size, nextAvail, nextUsed, availWrap, usedWrap) > size) {
      throw new IllegalArgumentException(
          "virtqueue position %d, %d has more in flight than %d"
              .formatted(nextAvail, nextUsed, size));
    }
  }

  /** A queue that has not moved yet. The arguments must be {@linkplain #isValid valid}. */
  public static QueueState initial(
      boolean packed, int size, long descriptorArea, long driverArea, long deviceArea) {
    return new QueueState(packed, size, descriptorArea, driverArea, deviceArea, 0, 0, true, true);
  }

  /** Whether a driver may set up a queue so; alignments and sizes are those of 2.7 and 2.8.10.1. */
  public static boolean isValid(
      boolean packed, int size, long descriptorArea, long driverArea, long deviceArea) {
    return size >= 1
        && size <= MAX_SIZE
        && (packed || Integer.bitCount(size) == 1)
        && (descriptorArea & 15) == 0
        && (driverArea & (packed ? 3 : 1)) == 0
        && (deviceArea & 3) == 0;
  }

  /**
   * Buffers (split) or slots (packed) taken and not given back; more than {@code size} for an
   * impossible position.
   */
  public int inFlight() {
    return inFlight(packed, size, nextAvail, nextUsed, availWrap, usedWrap);
  }

  private static int inFlight(
      boolean packed, int size, int nextAvail, int nextUsed, boolean availWrap, boolean usedWrap) {
    if (!packed) {
      return (nextAvail - nextUsed) & 0xffff;
    }
    int distance = nextAvail - nextUsed + (availWrap == usedWrap ? 0 : size);
    return distance < 0 ? Integer.MAX_VALUE : distance;
  }
}
