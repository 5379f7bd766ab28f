package org.tenon.spi.net;

import java.util.HexFormat;
import java.util.regex.Pattern;
import org.tenon.api.Stability;

/**
 * An Ethernet address (IEEE 802, 48 bits).
 *
 * @param bits the address as a number, its first byte on the wire in bits 47 to 40
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record MacAddress(long bits) implements Comparable<MacAddress> {
  /** How many bytes an address has. */
  public static final int BYTES = 6;

  /** Every station. */
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  private static final Pattern TEXT = Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}");
  private static final long GROUP = 1L << 40;
  private static final long LOCAL = 1L << 41;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if more than 48 bits are set
   */
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException(
          "an Ethernet address has 48 bits, not " + Long.toHexString(bits));
    }
  }

  /**
   * Reads the usual form, {@code 02:00:5e:10:00:01}.
   *
   * @throws IllegalArgumentException if the text is another
   */
  public static MacAddress parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no Ethernet address: write six bytes as 02:00:5e:10:00:01");
    }
    return new MacAddress(HexFormat.fromHexDigitsToLong(text.replace(":", "")));
  }

  /**
   * One byte.
   *
   * @param index 0 to 5, in the order on the wire
   */
  public int octet(int index) {
    return (int) (bits >>> (8 * (BYTES - 1 - index))) & 0xff;
  }

  /** Whether it names a group: multicast or broadcast. */
  public boolean isGroup() {
    return (bits & GROUP) != 0;
  }

  /** Whether it was chosen locally, not by a maker. */
  public boolean isLocal() {
    return (bits & LOCAL) != 0;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) octet(i);
    }
    return HexFormat.ofDelimiter(":").formatHex(bytes);
  }
}
