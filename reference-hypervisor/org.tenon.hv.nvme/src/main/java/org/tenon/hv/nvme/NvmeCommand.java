package org.tenon.hv.nvme;

import java.lang.foreign.MemorySegment;

/**
 * A submission queue entry (4.2), read once from guest memory. Made once for each queue and
 * refilled; the guest may change the memory meanwhile, not this.
 */
final class NvmeCommand {
  /** Bytes of an entry: the only size there is. */
  static final int BYTES = 64;

  private int word0;
  private int namespace;
  private long pointer1;
  private long pointer2;
  private final int[] specific = new int[6];

  void read(MemorySegment from, long at) {
    word0 = Le.getInt(from, at);
    namespace = Le.getInt(from, at + 4);
    pointer1 = Le.getLong(from, at + 24);
    pointer2 = Le.getLong(from, at + 32);
    for (int i = 0; i < specific.length; i++) {
      specific[i] = Le.getInt(from, at + 40 + 4L * i);
    }
  }

  int opcode() {
    return word0 & 0xff;
  }

  /** Whether it is half of a fused pair, which this controller does not carry out. */
  boolean isFused() {
    return (word0 & 0x300) != 0;
  }

  /** How the data pointer is to be read: 0 PRP, 1 and 2 SGL, 3 reserved. */
  int transferKind() {
    return (word0 >>> 14) & 3;
  }

  int id() {
    return word0 >>> 16;
  }

  int namespace() {
    return namespace;
  }

  /** PRP entry 1, or the first half of an SGL descriptor. */
  long pointer1() {
    return pointer1;
  }

  /** PRP entry 2, or the second half of an SGL descriptor. */
  long pointer2() {
    return pointer2;
  }

  /**
   * A command-specific word.
   *
   * @param index 10 to 15, as the specification counts
   */
  int word(int index) {
    return specific[index - 10];
  }

  /** Words 10 and 11 as one number. */
  long word64() {
    return (long) specific[1] << 32 | Integer.toUnsignedLong(specific[0]);
  }
}
