package org.tenon.hv.virtio;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the driver has written about one queue before the queue runs, as any transport keeps it (for
 * PCI: 4.1.4.3). Holds whatever the driver writes; {@link VirtioDevice} judges it when the queue is
 * to run. Guarded by the device.
 */
final class QueueRegisters {
  private final int maxSize;
  int size;
  long descriptorArea;
  long driverArea;
  long deviceArea;
  boolean enabled;

  /** Whether the driver has asked for a reset of this queue, which is not over. */
  boolean resetting;

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
    resetting = false;
  }

  long area(QueueArea area) {
    return switch (area) {
      case DESCRIPTOR -> descriptorArea;
      case DRIVER -> driverArea;
      case DEVICE -> deviceArea;
    };
  }

  void area(QueueArea area, long address) {
    switch (area) {
      case DESCRIPTOR -> descriptorArea = address;
      case DRIVER -> driverArea = address;
      case DEVICE -> deviceArea = address;
    }
  }

  VirtioState.Queue state(@Nullable QueueState running) {
    return new VirtioState.Queue(
        size,
        descriptorArea,
        driverArea,
        deviceArea,
        enabled,
        resetting,
        Optional.ofNullable(running));
  }

  void restore(VirtioState.Queue saved) {
    size = saved.size();
    descriptorArea = saved.descriptorArea();
    driverArea = saved.driverArea();
    deviceArea = saved.deviceArea();
    enabled = saved.enabled();
  }
}
