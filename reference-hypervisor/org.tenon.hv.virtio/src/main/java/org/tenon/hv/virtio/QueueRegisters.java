package org.tenon.hv.virtio;

/**
 * What the driver has written about one queue before DRIVER_OK, as any transport keeps it (for PCI:
 * 4.1.4.3). Holds whatever the driver writes; {@link VirtioDevice} judges it when the queue is to
 * run. Guarded by the device.
 */
final class QueueRegisters {
  private final int maxSize;
  int size;
  long descriptorArea;
  long driverArea;
  long deviceArea;
  boolean enabled;

  QueueRegisters(int maxSize) {
    this.maxSize = maxSize;
    size = maxSize;
  }

  void reset() {
    size = maxSize;
    descriptorArea = 0;
    driverArea = 0;
    deviceArea = 0;
    enabled = false;
  }
}
