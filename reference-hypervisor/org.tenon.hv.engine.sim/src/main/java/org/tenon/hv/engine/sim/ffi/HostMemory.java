package org.tenon.hv.engine.sim.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Guest RAM by host address, little-endian, any alignment.
 *
 * <p>One static final segment over the whole address space lets the JIT compiler reduce an access
 * to one machine instruction. Its safety is that of the addresses: they come only from {@code Mmu}
 * and {@code PhysicalMemory}, which derive them from the RAM regions of the VM, page by page.
 */
public final class HostMemory {
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private HostMemory() {}

  /** Zero-extended. */
  public static long get8(long host) {
    return ALL.get(BYTE, host) & 0xffL;
  }

  /** Zero-extended. */
  public static long get16(long host) {
    return ALL.get(SHORT, host) & 0xffffL;
  }

  /** Zero-extended. */
  public static long get32(long host) {
    return ALL.get(INT, host) & 0xffffffffL;
  }

  public static long get64(long host) {
    return ALL.get(LONG, host);
  }

  public static void put8(long host, long value) {
    ALL.set(BYTE, host, (byte) value);
  }

  public static void put16(long host, long value) {
    ALL.set(SHORT, host, (short) value);
  }

  public static void put32(long host, long value) {
    ALL.set(INT, host, (int) value);
  }

  public static void put64(long host, long value) {
    ALL.set(LONG, host, value);
  }

  /** Copies as if by an intermediate buffer. */
  public static void copy(long from, long to, long length) {
    MemorySegment.copy(ALL, from, ALL, to, length);
  }

  /** Sets bytes. */
  public static void fill(long to, long length, byte value) {
    ALL.asSlice(to, length).fill(value);
  }
}
