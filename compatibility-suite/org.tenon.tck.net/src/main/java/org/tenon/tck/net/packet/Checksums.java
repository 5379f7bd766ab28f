package org.tenon.tck.net.packet;

import org.tenon.api.Stability;

/** The Internet checksum (RFC 1071): the one's complement of the one's complement sum of words. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Checksums {
  private Checksums() {}

  /**
   * The one's complement sum of bytes, taken as words in network order, a last odd byte as the high
   * one.
   *
   * @param initial a sum to go on from, 0 to 0xffff
   */
  public static int sum(int initial, byte[] bytes, int from, int to) {
    long sum = initial;
    for (int at = from; at < to; at += 2) {
      sum += at + 1 < to ? Octets.get16(bytes, at) : Octets.get8(bytes, at) << 8;
    }
    return fold(sum);
  }

  /** The sum of the pseudo header of TCP or UDP (RFC 9293, 3.1; RFC 8200, 8.1). */
  static int pseudoHeader(byte[] frame, Layers layers, int length) {
    int addresses = layers.isIpv4() ? layers.network() + 12 : layers.network() + 8;
    int bytes = layers.isIpv4() ? 8 : 32;
    int sum = sum(0, frame, addresses, addresses + bytes);
    return fold((long) sum + layers.protocol() + (length >>> 16) + (length & 0xffff));
  }

  /**
   * Fills in a missing checksum, as a card does: over all from {@code start}, into {@code start +
   * offset}, whose content counts.
   *
   * @return a copy of the frame, complete
   */
  public static byte[] complete(byte[] frame, int start, int offset) {
    byte[] done = frame.clone();
    int checksum = ~sum(0, frame, start, frame.length) & 0xffff;
    Octets.put16(done, start + offset, checksum == 0 ? 0xffff : checksum);
    return done;
  }

  /** Whether the frame's TCP or UDP checksum, and over IPv4 the header's, are right. */
  public static boolean areRight(byte[] frame) {
    Layers layers = Layers.of(frame);
    if (!layers.hasTransport()) {
      return false;
    }
    int end = layers.end();
    boolean header =
        !layers.isIpv4() || sum(0, frame, layers.network(), layers.transport()) == 0xffff;
    int pseudo = pseudoHeader(frame, layers, end - layers.transport());
    return header && sum(pseudo, frame, layers.transport(), end) == 0xffff;
  }

  private static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) folded;
  }
}
