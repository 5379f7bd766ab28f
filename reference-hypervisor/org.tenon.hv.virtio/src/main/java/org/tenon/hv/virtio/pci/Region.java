package org.tenon.hv.virtio.pci;

/**
 * What lies in the device's BAR, a page each in this order, and the type its capability carries
 * (VIRTIO 1.2, 4.1.4).
 */
enum Region {
  COMMON(0, 1, 64),
  ISR(1, 3, 1),
  DEVICE(2, 4, 4096),
  NOTIFY(3, 2, 4096);

  static final int PAGE = 4096;
  private static final Region[] IN_ORDER = values();

  private final int page;
  private final int type;
  private final int length;

  Region(int page, int type, int length) {
    this.page = page;
    this.type = type;
    this.length = length;
  }

  /** The region that holds an offset of the BAR. */
  static Region at(int offset) {
    return IN_ORDER[offset / PAGE];
  }

  int type() {
    return type;
  }

  int length() {
    return length;
  }

  int offset() {
    return PAGE * page;
  }
}
