package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;
import org.tenon.spi.net.MacAddress;

/**
 * What a virtio-net card says of itself (VIRTIO 1.2 section 5.1.4). A field counts only if its
 * feature was taken.
 *
 * @param address the card's
 * @param linkUp whether the link is up
 * @param maxPairs how many pairs of queues there are
 * @param mtu the longest packet
 * @param megabitsPerSecond the link's speed; −1 where it is unknown
 * @param fullDuplex whether both sides may send at once
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestNicConfig(
    MacAddress address,
    boolean linkUp,
    int maxPairs,
    int mtu,
    int megabitsPerSecond,
    boolean fullDuplex) {
  private static final int LINK_UP = 1;

  /** Reads it, again if the device changed it meanwhile (section 2.5.1). */
  public static GuestNicConfig read(VirtioTransport device) {
    while (true) {
      int before = device.configGeneration();
      GuestNicConfig read = readOnce(device);
      if (device.configGeneration() == before) {
        return read;
      }
    }
  }

  private static GuestNicConfig readOnce(VirtioTransport device) {
    return new GuestNicConfig(
        address(device),
        (device.readConfig(6, 2) & LINK_UP) != 0,
        (int) device.readConfig(8, 2),
        (int) device.readConfig(10, 2),
        (int) device.readConfig(12, 4),
        device.readConfig(16, 1) == 1);
  }

  /** The card's address alone. */
  public static MacAddress address(VirtioTransport device) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | device.readConfig(i, 1);
    }
    return new MacAddress(bits);
  }
}
