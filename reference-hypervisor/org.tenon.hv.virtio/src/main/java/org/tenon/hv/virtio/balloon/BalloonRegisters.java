package org.tenon.hv.virtio.balloon;

/** The configuration space, struct virtio_balloon_config (VIRTIO 1.2, 5.5.4). */
final class BalloonRegisters {
  /** Bytes. */
  static final int SIZE = 16;

  /** How many pages the guest is to give up; the device's. */
  int pages;

  /** How many it has given up; the driver's, as is the next. */
  int actual;

  /** What the driver fills free pages with. */
  int poison;

  int read(int offset) {
    return field(offset >>> 2) >>> (8 * (offset & 3)) & 0xff;
  }

  /** The device never asks for hints: free_page_hint_cmd_id stays VIRTIO_BALLOON_CMD_ID_STOP. */
  private int field(int index) {
    return switch (index) {
      case 0 -> pages;
      case 1 -> actual;
      case 3 -> poison;
      default -> 0;
    };
  }

  void write(int offset, int value) {
    int shift = 8 * (offset & 3);
    switch (offset >>> 2) {
      case 1 -> actual = actual & ~(0xff << shift) | value << shift;
      case 3 -> poison = poison & ~(0xff << shift) | value << shift;
      default -> {}
    }
  }
}
