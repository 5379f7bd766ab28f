package org.tenon.hv.virtio;

/**
 * How a transport reaches the driver. Any thread; never blocks, never calls back into the device.
 */
public interface Interrupts {
  /** A used buffer notification (2.3) for a queue. */
  void queue(int index);

  /** A configuration change notification (2.3). */
  void config();
}
