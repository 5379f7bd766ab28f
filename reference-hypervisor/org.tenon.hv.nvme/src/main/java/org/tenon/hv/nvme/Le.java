package org.tenon.hv.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian numbers in guest memory and in the structures sent there, at any alignment. */
final class Le {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Le() {}

  static int getInt(MemorySegment in, long at) {
    return in.get(INT, at);
  }

  static long getLong(MemorySegment in, long at) {
    return in.get(LONG, at);
  }

  static void setShort(MemorySegment in, long at, int value) {
    in.set(SHORT, at, (short) value);
  }

  static void setInt(MemorySegment in, long at, int value) {
    in.set(INT, at, value);
  }

  static void setLong(MemorySegment in, long at, long value) {
    in.set(LONG, at, value);
  }

  /** Writes, and has everything written before be seen by whoever sees it. */
  static void publishInt(MemorySegment in, long at, int value) {
    VarHandle.releaseFence();
    in.set(INT, at, value);
  }
}
