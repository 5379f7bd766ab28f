package org.tenon.hv.virtio;

/** What a started device reports. Any thread; nothing here blocks or throws. */
public interface DeviceEvents {
  /** Buffers of the queue were used and the driver wants to know. */
  void used(int queue);

  /** The configuration space has changed. */
  void configChanged();

  /**
   * The device cannot go on until the driver resets it (2.1.1).
   *
   * @param reason for the log, in one line
   */
  void needsReset(String reason);
}
