package org.tenon.samples.blocknbd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory as {@link ByteBuffer}s, which channels want: a numbered row of them, so that one
 * gathering write can use many views of one region. Each keeps what it was made from; guest memory
 * has few regions, so that requests make no new ones. For one thread.
 */
final class MemoryViews {
  /**
   * A buffer reaches no further than 2 GiB: a region is seen through windows that overlap by 1 GiB.
   */
  private static final long WINDOW = 1L << 30;

  private final @Nullable MemorySegment[] memories;
  private final @Nullable ByteBuffer[] views;
  private final long[] starts;

  MemoryViews(int count) {
    memories = new @Nullable MemorySegment[count];
    views = new @Nullable ByteBuffer[count];
    starts = new long[count];
  }

  /**
   * The bytes as a buffer, ready for a channel; valid until the next call with this number.
   *
   * @param length at most 1 GiB
   */
  // Identity is meant: the host hands out the same object for the same region, while equals
  // overlooks
  // that memory at the same address may have been freed and lent anew.
  @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"})
  ByteBuffer view(int number, MemorySegment memory, long offset, long length) {
    long start = offset & -WINDOW;
    ByteBuffer view = views[number];
    if (view == null || memories[number] != memory || starts[number] != start) {
      long size = Math.min(memory.byteSize() - start, 2 * WINDOW - 1);
      view = memory.asSlice(start, size).asByteBuffer();
      memories[number] = memory;
      starts[number] = start;
      views[number] = view;
    }
    return view.clear().position((int) (offset - start)).limit((int) (offset - start + length));
  }
}
