package org.tenon.hv.virtio;

import java.util.ArrayList;
import java.util.List;

/** The bits of the device status field (VIRTIO 1.2, 2.1). */
public final class DeviceStatus {
  /** The guest has found the device. */
  public static final int ACKNOWLEDGE = 1;

  /** The guest knows how to drive it. */
  public static final int DRIVER = 2;

  /** The driver is ready; buffers flow. */
  public static final int DRIVER_OK = 4;

  /** The features are agreed; the device leaves it clear where it cannot work with them. */
  public static final int FEATURES_OK = 8;

  /** The device cannot go on; only the device sets it. */
  public static final int DEVICE_NEEDS_RESET = 64;

  /** The driver has given up. */
  public static final int FAILED = 128;

  private static final int[] BITS = {
    ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK, DEVICE_NEEDS_RESET, FAILED
  };
  private static final String[] NAMES = {
    "ACKNOWLEDGE", "DRIVER", "DRIVER_OK", "FEATURES_OK", "DEVICE_NEEDS_RESET", "FAILED"
  };

  private DeviceStatus() {}

  /** The status in words, for people. */
  public static String toString(int status) {
    List<String> set = new ArrayList<>();
    for (int i = 0; i < BITS.length; i++) {
      if ((status & BITS[i]) != 0) {
        set.add(NAMES[i]);
      }
    }
    return set.toString();
  }
}
