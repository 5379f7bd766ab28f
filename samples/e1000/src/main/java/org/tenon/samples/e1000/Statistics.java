package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.STATISTICS;
import static org.tenon.samples.e1000.Registers.STATISTICS_END;

/**
 * The counters, which a read clears and which stay at their largest value (13.7). For the device
 * thread.
 */
final class Statistics {
  static final int MISSED = 0x4010;
  static final int RECEIVED_64 = 0x405c;
  static final int GOOD_RECEIVED = 0x4074;
  static final int BROADCASTS_RECEIVED = 0x4078;
  static final int MULTICASTS_RECEIVED = 0x407c;
  static final int GOOD_TRANSMITTED = 0x4080;
  static final int GOOD_OCTETS_RECEIVED = 0x4088;
  static final int GOOD_OCTETS_TRANSMITTED = 0x4090;
  static final int NO_BUFFERS = 0x40a0;
  static final int TOO_SHORT = 0x40a4;
  static final int TOO_LONG = 0x40ac;
  static final int OCTETS_RECEIVED = 0x40c0;
  static final int OCTETS_TRANSMITTED = 0x40c8;
  static final int PACKETS_RECEIVED = 0x40d0;
  static final int PACKETS_TRANSMITTED = 0x40d4;
  static final int TRANSMITTED_64 = 0x40d8;
  static final int MULTICASTS_TRANSMITTED = 0x40f0;
  static final int BROADCASTS_TRANSMITTED = 0x40f4;
  static final int SEGMENTED = 0x40f8;
  static final int NOT_SEGMENTED = 0x40fc;

  private static final int CRC_BYTES = 4;

  private final RegisterFile file;

  Statistics(RegisterFile file) {
    this.file = file;
  }

  static boolean holds(int offset) {
    return offset >= STATISTICS && offset < STATISTICS_END;
  }

  /** The guest reads one; the high half of a wide one clears both. */
  int take(int offset) {
    int value = file.get(offset);
    if (isWide(offset & ~4)) {
      if ((offset & 4) != 0) {
        file.set(offset & ~4, 0);
        file.set(offset, 0);
      }
    } else {
      file.set(offset, 0);
    }
    return value;
  }

  private static boolean isWide(int low) {
    return low == GOOD_OCTETS_RECEIVED
        || low == GOOD_OCTETS_TRANSMITTED
        || low == OCTETS_RECEIVED
        || low == OCTETS_TRANSMITTED;
  }

  void count(int counter) {
    int now = file.get(counter);
    file.set(counter, now == -1 ? now : now + 1);
  }

  private void add(int low, int more) {
    long now = Integer.toUnsignedLong(file.get(low)) | (long) file.get(low + 4) << 32;
    long sum = now + more;
    sum = Long.compareUnsigned(sum, now) < 0 ? -1 : sum;
    file.set(low, (int) sum);
    file.set(low + 4, (int) (sum >>> 32));
  }

  /** A frame, without its check sequence, came in. */
  void received(byte[] frame, int start, int length) {
    count(GOOD_RECEIVED);
    count(PACKETS_RECEIVED);
    add(GOOD_OCTETS_RECEIVED, length + CRC_BYTES);
    add(OCTETS_RECEIVED, length + CRC_BYTES);
    count(RECEIVED_64 + sizeClass(length + CRC_BYTES));
    group(frame, start, BROADCASTS_RECEIVED, MULTICASTS_RECEIVED);
  }

  /** A frame went out. */
  void transmitted(byte[] frame, int start, int length) {
    count(GOOD_TRANSMITTED);
    count(PACKETS_TRANSMITTED);
    add(GOOD_OCTETS_TRANSMITTED, length + CRC_BYTES);
    add(OCTETS_TRANSMITTED, length + CRC_BYTES);
    count(TRANSMITTED_64 + sizeClass(length + CRC_BYTES));
    group(frame, start, BROADCASTS_TRANSMITTED, MULTICASTS_TRANSMITTED);
  }

  /** From the counter of 64 bytes to the one of that size, in bytes. */
  private static int sizeClass(int length) {
    if (length <= 64) {
      return 0;
    }
    return Math.min(5, 26 - Integer.numberOfLeadingZeros(length)) * 4;
  }

  private void group(byte[] frame, int start, int broadcasts, int multicasts) {
    if (ReceiveFilter.isBroadcast(frame, start)) {
      count(broadcasts);
    } else if ((frame[start] & 1) != 0) {
      count(multicasts);
    }
  }
}
