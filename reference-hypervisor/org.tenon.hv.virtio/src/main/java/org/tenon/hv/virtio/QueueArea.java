package org.tenon.hv.virtio;

/** The three parts of a virtqueue in guest memory (VIRTIO 1.2, 2.6). */
public enum QueueArea {
  /** The descriptor table or ring. */
  DESCRIPTOR,
  /** The available ring, or the driver event suppression. */
  DRIVER,
  /** The used ring, or the device event suppression. */
  DEVICE
}
