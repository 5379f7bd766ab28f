package org.tenon.hv.virtio;

/** Feature bits that concern queues and transport, not one kind of device (VIRTIO 1.2, 6). */
public final class Feature {
  /** VIRTIO_F_INDIRECT_DESC: a descriptor may refer to a table of descriptors. */
  public static final long INDIRECT_DESC = 1L << 28;

  /** VIRTIO_F_EVENT_IDX: each side says at which index it wants to be notified. */
  public static final long EVENT_IDX = 1L << 29;

  /** VIRTIO_F_VERSION_1: the modern interface; a driver that does not accept it is refused. */
  public static final long VERSION_1 = 1L << 32;

  /** VIRTIO_F_RING_PACKED: packed instead of split virtqueues. */
  public static final long RING_PACKED = 1L << 34;

  /** VIRTIO_F_RING_RESET: the driver may reset one queue (2.6.1). */
  public static final long RING_RESET = 1L << 40;

  /** What every device here offers. */
  public static final long COMMON =
      INDIRECT_DESC | EVENT_IDX | VERSION_1 | RING_PACKED | RING_RESET;

  private Feature() {}

  /** Whether all bits of {@code feature} are in {@code features}. */
  public static boolean has(long features, long feature) {
    return (features & feature) == feature;
  }
}
