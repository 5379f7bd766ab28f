package org.tenon.kit.testing.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.tenon.api.Stability;

/**
 * Guest RAM as a guest's driver uses it: hands out pieces, and reads and writes them little-endian
 * by guest-physical address. Handing out is for any thread; two threads do not write one piece.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestMemory {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ORDERED16 = LE16.varHandle();

  private final MemorySegment memory;
  private final long base;
  private final TreeMap<Long, Long> free = new TreeMap<>();
  private final TreeMap<Long, Long> used = new TreeMap<>();

  /** The memory of a transport, all of it free but the first page, so that no address is 0. */
  public GuestMemory(VirtioTransport transport) {
    this(transport.memory(), transport.memoryBase());
  }

  /** Any memory whose first byte has the guest-physical address {@code base}. */
  public GuestMemory(MemorySegment memory, long base) {
    this.memory = memory;
    this.base = base;
    free.put(base + 4096, memory.byteSize() - 4096);
  }

  /**
   * Hands out a piece, zeroed.
   *
   * @param bytes how long, from 1
   * @param alignment a power of two
   * @return its guest-physical address
   * @throws IllegalStateException if no gap is long enough
   */
  public synchronized long allocate(long bytes, int alignment) {
    for (Map.Entry<Long, Long> gap : free.entrySet()) {
      long start = (gap.getKey() + alignment - 1) & -(long) alignment;
      long end = gap.getKey() + gap.getValue();
      if (start + bytes <= end) {
        take(gap.getKey(), end, start, start + bytes);
        slice(start, bytes).fill((byte) 0);
        return start;
      }
    }
    throw new IllegalStateException(
        "no %d bytes are free in %d bytes of guest memory: give the device more"
            .formatted(bytes, memory.byteSize()));
  }

  /**
   * Takes a piece back.
   *
   * @param address what {@link #allocate} answered
   */
  public synchronized void free(long address) {
    Long bytes = used.remove(address);
    if (bytes == null) {
      throw new IllegalArgumentException(
          "nothing was handed out at 0x" + Long.toHexString(address));
    }
    long start = address;
    long end = address + bytes;
    Map.Entry<Long, Long> before = free.floorEntry(start);
    if (before != null && before.getKey() + before.getValue() == start) {
      start = before.getKey();
    }
    Long after = free.remove(end);
    free.put(start, end - start + (after == null ? 0 : after));
  }

  /** A piece of memory. */
  public MemorySegment slice(long address, long bytes) {
    return memory.asSlice(address - base, bytes);
  }

  /** The first address past the memory. */
  public long end() {
    return base + memory.byteSize();
  }

  /** Copies bytes in. */
  public void write(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, address - base, bytes.length);
  }

  /** Copies bytes out. */
  public byte[] read(long address, int length) {
    return slice(address, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Reads a byte, 0 to 255. */
  public int get8(long address) {
    return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, address - base));
  }

  /** Writes the low byte. */
  public void put8(long address, int value) {
    memory.set(ValueLayout.JAVA_BYTE, address - base, (byte) value);
  }

  /** Reads two bytes, 0 to 65535, before anything that is read later. The address is even. */
  public int acquire16(long address) {
    return Short.toUnsignedInt((short) ORDERED16.getAcquire(memory, address - base));
  }

  /** Writes two bytes, after everything that was written earlier. The address is even. */
  public void release16(long address, int value) {
    ORDERED16.setRelease(memory, address - base, (short) value);
  }

  /** Reads two bytes, 0 to 65535. The address is even. */
  public int get16(long address) {
    return Short.toUnsignedInt(memory.get(LE16, address - base));
  }

  /** Writes the low two bytes. The address is even. */
  public void put16(long address, int value) {
    memory.set(LE16, address - base, (short) value);
  }

  /** Reads four bytes. */
  public int get32(long address) {
    return memory.get(LE32, address - base);
  }

  /** Writes four bytes. */
  public void put32(long address, int value) {
    memory.set(LE32, address - base, value);
  }

  /** Reads eight bytes. */
  public long get64(long address) {
    return memory.get(LE64, address - base);
  }

  /** Writes eight bytes. */
  public void put64(long address, long value) {
    memory.set(LE64, address - base, value);
  }

  private void take(long gapStart, long gapEnd, long start, long end) {
    free.remove(gapStart);
    if (gapStart < start) {
      free.put(gapStart, start - gapStart);
    }
    if (end < gapEnd) {
      free.put(end, gapEnd - end);
    }
    used.put(start, end - start);
  }
}
