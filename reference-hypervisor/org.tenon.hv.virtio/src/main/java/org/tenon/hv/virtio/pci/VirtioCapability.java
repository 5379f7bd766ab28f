package org.tenon.hv.virtio.pci;

import org.tenon.hv.pci.Capability;

/** The vendor capability that says where a region lies: struct virtio_pci_cap (4.1.4). */
final class VirtioCapability implements Capability {
  static final int VENDOR_SPECIFIC = 9;
  static final int BYTES = 16;
  private static final int NOTIFY_BYTES = 20;

  private final Region region;
  private final int bar;
  private final int length;

  VirtioCapability(Region region, int bar, int length) {
    this.region = region;
    this.bar = bar;
    this.length = length;
  }

  @Override
  public int id() {
    return VENDOR_SPECIFIC;
  }

  @Override
  public int length() {
    return region == Region.NOTIFY ? NOTIFY_BYTES : BYTES;
  }

  @Override
  public int read(int register) {
    return switch (register) {
      case 0 -> region.type() << 24 | length() << 16;
      case 4 -> bar;
      case 8 -> region.offset();
      case 12 -> length;
      case BYTES -> NotifyRegion.MULTIPLIER;
      default -> 0;
    };
  }

  @Override
  public void write(int register, int value, int lanes) {}
}
