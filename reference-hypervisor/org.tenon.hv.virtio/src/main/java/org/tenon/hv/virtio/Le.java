package org.tenon.hv.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Little-endian accesses to shared guest memory (VIRTIO 1.2, 1.4). Aligned 16-bit accesses have the
 * ordering that the rings need; the others are plain and may be of any alignment.
 */
final class Le {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle U16 = SHORT.varHandle();

  private Le() {}

  /** An aligned 16-bit value; later reads see what the driver wrote before it. */
  static int getU16Acquire(MemorySegment memory, long offset) {
    return Short.toUnsignedInt((short) U16.getAcquire(memory, offset));
  }

  /** An aligned 16-bit value. */
  static int getU16(MemorySegment memory, long offset) {
    return Short.toUnsignedInt((short) U16.getOpaque(memory, offset));
  }

  /** Writes an aligned 16-bit value after everything written before it. */
  static void setU16Release(MemorySegment memory, long offset, int value) {
    U16.setRelease(memory, offset, (short) value);
  }

  static long getLong(MemorySegment memory, long offset) {
    return memory.get(LONG, offset);
  }

  static void setLong(MemorySegment memory, long offset, long value) {
    memory.set(LONG, offset, value);
  }

  static void setInt(MemorySegment memory, long offset, int value) {
    memory.set(INT, offset, value);
  }
}
