package org.tenon.hv.virtio.pci;

import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.virtio.VirtioDevice;

/** The device-specific configuration space (4.1.4.6), byte by byte. */
final class DeviceRegion implements RegisterBlock {
  private final VirtioDevice device;

  DeviceRegion(VirtioDevice device) {
    this.device = device;
  }

  @Override
  public long read(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (device.readConfig(offset + i) & 0xffL) << (8 * i);
    }
    return value;
  }

  @Override
  public void write(int offset, int size, long value) {
    for (int i = 0; i < size; i++) {
      device.writeConfig(offset + i, (int) (value >>> (8 * i)) & 0xff);
    }
  }
}
