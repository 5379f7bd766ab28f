package org.tenon.samples.e1000;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A station's address.
 *
 * @param bits the 48 bits, the first octet on the wire highest
 */
record MacAddress(long bits) {
  private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
  private static final long GROUP = 1L << 40;
  private static final long LOCAL = 2L << 40;

  /** The station of that text; none where it is malformed, a group, or nobody. */
  static Optional<MacAddress> parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      return Optional.empty();
    }
    long bits = Long.parseLong(text.replace(":", ""), 16);
    return bits == 0 || (bits & GROUP) != 0 ? Optional.empty() : Optional.of(new MacAddress(bits));
  }

  /** A locally administered one that the same text always gives. */
  static MacAddress of(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return new MacAddress(LOCAL | sum.getValue());
  }

  /** An octet, 0 to 5, in the order of the wire. */
  int octet(int index) {
    return (int) (bits >>> 40 - 8 * index) & 0xff;
  }
}
