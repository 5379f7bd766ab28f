package org.tenon.samples.nictap.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Pieces of memory that one system call reads or writes one after the other (readv(2)). For one
 * thread; reused for one frame after the other, without an object.
 */
public final class IoVector {
  /** The most pieces that the kernel takes. */
  public static final int LIMIT = 1024;

  private static final long PIECE_BYTES = 16;
  private static final long LENGTH_AT = 8;

  private final MemorySegment pieces;
  private int count;
  private long bytes;

  /** Empty. */
  public IoVector(Arena arena) {
    pieces = arena.allocate(LIMIT * PIECE_BYTES, Long.BYTES);
  }

  /** Empties it. */
  public void clear() {
    count = 0;
    bytes = 0;
  }

  /**
   * Adds a piece.
   *
   * @throws IndexOutOfBoundsException if the memory does not have those bytes, or this is full
   * @throws IllegalArgumentException if the memory is on the Java heap
   */
  public void add(MemorySegment memory, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, memory.byteSize());
    if (!memory.isNative()) {
      throw new IllegalArgumentException("the kernel cannot reach memory on the Java heap");
    }
    long at = Objects.checkIndex(count, LIMIT) * PIECE_BYTES;
    pieces.set(ValueLayout.JAVA_LONG, at, memory.address() + offset);
    pieces.set(ValueLayout.JAVA_LONG, at + LENGTH_AT, length);
    count++;
    bytes += length;
  }

  /** How many pieces there are. */
  public int count() {
    return count;
  }

  /** How long they are together. */
  public long bytes() {
    return bytes;
  }

  long address() {
    return pieces.address();
  }
}
