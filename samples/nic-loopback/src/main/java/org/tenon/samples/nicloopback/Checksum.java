package org.tenon.samples.nicloopback;

/** The one's complement sum of the Internet protocols (RFC 1071). */
final class Checksum {
  private Checksum() {}

  /** Adds the bytes of a part of a frame, in pairs; an odd last one as if a zero followed. */
  static long add(long sum, Frame frame, int from, int to) {
    long result = sum;
    int at = from;
    for (; at + 1 < to; at += 2) {
      result += frame.int16(at);
    }
    return at < to ? result + ((long) frame.int8(at) << 8) : result;
  }

  /** The sum's complement, in 16 bits. */
  static int finish(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }

  /**
   * Fills in a checksum whose field holds the sum of the pseudo header. Zero is written as its
   * equal 0xffff, since UDP takes zero for no checksum.
   */
  static void complete(Frame frame, int start, int offset) {
    int sum = finish(add(0, frame, start, frame.length()));
    frame.set16(start + offset, sum == 0 ? 0xffff : sum);
  }
}
