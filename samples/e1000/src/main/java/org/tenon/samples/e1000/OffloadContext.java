package org.tenon.samples.e1000;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a context descriptor says (3.3.6): where the checksums of the packets that follow are, and
 * how long their segments. Offsets are from the packet's start and may be any. For the device
 * thread.
 */
final class OffloadContext {
  private static final int TCP = 1;
  private static final int IPV4 = 1 << 1;
  static final int SEGMENTATION = 1 << 2;

  private final int[] words = new int[4];

  /** Takes the words of a descriptor over. */
  void set(DescriptorRing ring) {
    for (int i = 0; i < words.length; i++) {
      words[i] = ring.word(i);
    }
  }

  void reset() {
    Arrays.fill(words, 0);
  }

  int ipStart() {
    return words[0] & 0xff;
  }

  int ipSum() {
    return words[0] >>> 8 & 0xff;
  }

  /** The last byte that the sum is over; 0 for the packet's last. */
  int ipEnd() {
    return words[0] >>> 16;
  }

  int transportStart() {
    return words[1] & 0xff;
  }

  int transportSum() {
    return words[1] >>> 8 & 0xff;
  }

  int transportEnd() {
    return words[1] >>> 16;
  }

  boolean isTcp() {
    return (words[2] >>> 24 & TCP) != 0;
  }

  boolean isIpv4() {
    return (words[2] >>> 24 & IPV4) != 0;
  }

  int headerLength() {
    return words[3] >>> 8 & 0xff;
  }

  int segmentSize() {
    return words[3] >>> 16;
  }

  void save(DataOutputStream out) throws IOException {
    for (int word : words) {
      out.writeInt(word);
    }
  }

  void restore(DataInputStream in) throws IOException {
    for (int i = 0; i < words.length; i++) {
      words[i] = in.readInt();
    }
  }
}
