package org.tenon.tck.net.packet;

import java.util.Arrays;
import org.tenon.api.Stability;

/** Compares frames. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Frames {
  private Frames() {}

  /**
   * Where a frame differs from what it must be, in words; empty where it does not. Both zeroes of
   * TCP's checksum, 0x0000 and 0xffff, are the same.
   */
  public static String difference(byte[] expected, byte[] actual) {
    int at = Arrays.mismatch(expected, actual);
    if (at < 0 || isOtherZero(expected, actual)) {
      return "";
    }
    if (at == Math.min(expected.length, actual.length)) {
      return "it has %d bytes where %d were expected".formatted(actual.length, expected.length);
    }
    return "byte %d of %d is 0x%02x where 0x%02x was expected"
        .formatted(at, actual.length, actual[at], expected[at]);
  }

  private static boolean isOtherZero(byte[] expected, byte[] actual) {
    Layers layers = expected.length < 14 ? null : Layers.of(expected);
    if (layers == null
        || layers.protocol() != Layers.TCP
        || expected.length != actual.length
        || layers.transport() + 18 > expected.length) {
      return false;
    }
    int field = layers.transport() + 16;
    byte[] other = actual.clone();
    if (Octets.get16(other, field) == 0) {
      Octets.put16(other, field, 0xffff);
    }
    byte[] wanted = expected.clone();
    if (Octets.get16(wanted, field) == 0) {
      Octets.put16(wanted, field, 0xffff);
    }
    return Arrays.equals(wanted, other);
  }
}
