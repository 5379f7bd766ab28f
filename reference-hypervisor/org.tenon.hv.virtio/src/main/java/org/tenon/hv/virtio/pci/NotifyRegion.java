package org.tenon.hv.virtio.pci;

import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.virtio.VirtioDevice;

/**
 * Available buffer notifications (4.1.4.4): each queue has an address of its own, its index times
 * {@link #MULTIPLIER}.
 */
final class NotifyRegion implements RegisterBlock {
  /** Bytes between the addresses of two queues. */
  static final int MULTIPLIER = 4;

  private final VirtioDevice device;

  NotifyRegion(VirtioDevice device) {
    this.device = device;
  }

  @Override
  public long read(int offset, int size) {
    return 0;
  }

  @Override
  public void write(int offset, int size, long value) {
    device.notifyQueue(offset / MULTIPLIER);
  }
}
