package org.tenon.spi.net;

import org.tenon.api.Stability;

/**
 * What a card is and takes. Constant for a driver's life.
 *
 * @param address the card's own, which a guest uses unless told otherwise: one station's, not zero
 * @param maxMtu the longest payload of a frame, in bytes, without Ethernet header and VLAN tags; 68
 *     to 65535. Frames up to this and 22 bytes more (header and two tags) pass both ways
 * @param maxSegments the most memory segments of one frame to send, or of one buffer; 1 to 1024
 * @param maxSegmentedBytes the longest frame to send that asks to be cut ({@link
 *     NicCapabilities#TRANSMIT_TCP4}), its header included; at least {@code maxMtu} + 22, at most
 *     262144
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NicProperties(
    MacAddress address, int maxMtu, int maxSegments, int maxSegmentedBytes) {
  /** The MTU of Ethernet. */
  public static final int ETHERNET_MTU = 1500;

  /** The Ethernet header: two addresses and a type. */
  public static final int HEADER_BYTES = 14;

  /** One VLAN tag (IEEE 802.1Q). */
  public static final int TAG_BYTES = 4;

  /** What comes on top of the MTU in the longest frame: the header and two tags. */
  public static final int OVERHEAD_BYTES = HEADER_BYTES + 2 * TAG_BYTES;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is not kept; the message names it
   */
  public NicProperties {
    require(!address.isGroup() && address.bits() != 0, "address", address);
    require(maxMtu >= 68 && maxMtu <= 65_535, "maxMtu", maxMtu);
    require(maxSegments >= 1 && maxSegments <= 1024, "maxSegments", maxSegments);
    require(
        maxSegmentedBytes >= maxMtu + OVERHEAD_BYTES && maxSegmentedBytes <= 262_144,
        "maxSegmentedBytes",
        maxSegmentedBytes);
  }

  /** The longest frame that does not ask to be cut, in bytes. */
  public int maxFrameBytes() {
    return maxMtu + OVERHEAD_BYTES;
  }

  private static void require(boolean holds, String field, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("a NIC cannot have " + field + " = " + value);
    }
  }
}
