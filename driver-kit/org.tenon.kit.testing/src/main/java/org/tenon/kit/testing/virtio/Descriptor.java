package org.tenon.kit.testing.virtio;

/** What split and packed descriptors share (VIRTIO 1.2 sections 2.7.5 and 2.8.1). */
final class Descriptor {
  /** The length of one. */
  static final int BYTES = 16;

  /** The chain goes on. */
  static final int NEXT = 1;

  /** The device writes the buffer. */
  static final int WRITE = 2;

  /** The buffer is a table of descriptors. */
  static final int INDIRECT = 4;

  private Descriptor() {}
}
