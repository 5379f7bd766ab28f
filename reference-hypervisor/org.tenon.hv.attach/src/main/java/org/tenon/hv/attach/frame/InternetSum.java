package org.tenon.hv.attach.frame;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The checksum of the Internet protocols (RFC 1071): the one's complement of the one's complement
 * sum of 16-bit words, in network order. Bytes are added piece by piece, of whatever length and
 * alignment. For one thread.
 */
public final class InternetSum {
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private long sum;
  private boolean odd;

  /** An empty sum. */
  public InternetSum() {}

  /** Begins anew. */
  public InternetSum clear() {
    sum = 0;
    odd = false;
    return this;
  }

  /** Adds a 16-bit word; between two words only. */
  public InternetSum addWord(int word) {
    sum += word & 0xffff;
    return this;
  }

  /** Adds bytes of an array, which are there. */
  public InternetSum add(byte[] from, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      addByte(from[i]);
    }
    return this;
  }

  /** Adds bytes of memory, which are there. */
  public InternetSum add(MemorySegment from, long offset, long count) {
    long at = offset;
    long left = count;
    if (odd && left > 0) {
      addByte(from.get(JAVA_BYTE, at++));
      left--;
    }
    for (; left >= 4; left -= 4, at += 4) {
      sum += from.get(WORD, at) & 0xffff_ffffL;
    }
    sum = (sum & 0xffff_ffffL) + (sum >>> 32);
    for (; left > 0; left--) {
      addByte(from.get(JAVA_BYTE, at++));
    }
    return this;
  }

  private void addByte(byte value) {
    sum += odd ? value & 0xff : (value & 0xff) << 8;
    odd = !odd;
  }

  /** The checksum of what was added, 0 to 0xffff. */
  public int checksum() {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }

  /**
   * The same for a field in which 0 would mean that there is none, as in UDP (RFC 768): 0xffff says
   * the same in one's complement.
   */
  public int checksumNotZero() {
    int checksum = checksum();
    return checksum == 0 ? 0xffff : checksum;
  }
}
