package org.tenon.hv.virtio.console;

/** Feature bits of a console device (VIRTIO 1.2, 5.3.3). */
final class ConsoleFeature {
  /** VIRTIO_CONSOLE_F_MULTIPORT: several ports, and control queues. */
  static final long MULTIPORT = 1L << 1;

  /** VIRTIO_CONSOLE_F_EMERG_WRITE: a field that writes a character without a queue. */
  static final long EMERG_WRITE = 1L << 2;

  private ConsoleFeature() {}
}
