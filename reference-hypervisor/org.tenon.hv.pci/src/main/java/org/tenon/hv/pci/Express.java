package org.tenon.hv.pci;

/**
 * What the PCI Express capabilities at both ends of a link have in common (PCI Express base
 * specification 4.0, 7.5.3): a link of 2.5 GT/s and one lane, which nobody trains.
 */
final class Express {
  static final int ID = 0x10;
  static final int LENGTH = 0x3c;
  static final int VERSION = 2;
  static final int TYPE_SHIFT = 4;

  static final int DEVICE_CAPABILITIES = 0x04;
  static final int DEVICE_CONTROL = 0x08;
  static final int LINK_CAPABILITIES = 0x0c;
  static final int LINK_CONTROL = 0x10;
  static final int LINK_CAPABILITIES_2 = 0x2c;
  static final int LINK_CONTROL_2 = 0x30;

  /** Relaxed ordering, no snoop, read requests of 512 bytes. */
  static final int DEVICE_CONTROL_DEFAULT = 0x2810;

  static final int DEVICE_CONTROL_WRITABLE = 0x7fff;

  /** Read completion boundary, common clock, extended synch. */
  static final int LINK_CONTROL_WRITABLE = 0xc8;

  static final int SPEED = 1;
  private static final int WIDTH = 1 << 4;
  private static final int SLOT_CLOCK = 1 << 12;

  /** The link's speed and width, for the status register. */
  static final int LINK_STATUS = SPEED | WIDTH | SLOT_CLOCK;

  private Express() {}

  /** What either end says of the link it could have. */
  static int link(int register) {
    return register == LINK_CAPABILITIES ? SPEED | WIDTH : SPEED << 1;
  }
}
