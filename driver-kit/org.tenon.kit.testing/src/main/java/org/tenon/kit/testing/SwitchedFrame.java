package org.tenon.kit.testing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/**
 * A frame that enters a switch under test. Immutable.
 *
 * @param octets from the destination address on, at least 14
 * @param vlan the VLAN that it belongs to, 1 to 4094; 0 for none
 * @param offload what is still to be done to it
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
@SuppressWarnings("ArrayRecordComponent") // Copied in and out, and compared by content.
public record SwitchedFrame(byte[] octets, int vlan, long offload) {
  /**
   * Copies the octets.
   *
   * @throws IllegalArgumentException if there is no Ethernet header
   */
  public SwitchedFrame {
    if (octets.length < NicProperties.HEADER_BYTES) {
      throw new IllegalArgumentException("a frame has 14 octets at least, not " + octets.length);
    }
    octets = octets.clone();
  }

  /** A frame of a VLAN, or of none, with nothing to be done to it. */
  public static SwitchedFrame of(byte[] octets, int vlan) {
    return new SwitchedFrame(octets, vlan, NicOffload.NONE);
  }

  @Override
  public byte[] octets() {
    return octets.clone();
  }

  int length() {
    return octets.length;
  }

  int octet(int index) {
    return octets[index] & 0xff;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SwitchedFrame frame
        && Arrays.equals(octets, frame.octets)
        && vlan == frame.vlan
        && offload == frame.offload;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets) * 31 + vlan;
  }

  @Override
  public String toString() {
    return "a frame of %d octets, VLAN %d".formatted(octets.length, vlan);
  }
}
