package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/** The device status bits of VIRTIO 1.2 section 2.1. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioStatus {
  /** The guest has seen the device. */
  public static final int ACKNOWLEDGE = 1;

  /** The guest knows how to drive it. */
  public static final int DRIVER = 2;

  /** The guest drives it. */
  public static final int DRIVER_OK = 4;

  /** The features are settled; the device takes the bit back when it does not accept them. */
  public static final int FEATURES_OK = 8;

  /** The device cannot go on until it is reset. */
  public static final int DEVICE_NEEDS_RESET = 64;

  /** The guest has given up. */
  public static final int FAILED = 128;

  private VirtioStatus() {}
}
