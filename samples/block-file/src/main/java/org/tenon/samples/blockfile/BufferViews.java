package org.tenon.samples.blockfile;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory as {@link ByteBuffer}s, which channels want. The few regions of guest memory keep
 * their view, so that a request makes none. For one thread.
 */
final class BufferViews {
  private static final int KEPT = 16;

  /**
   * A buffer reaches no further than 2 GiB: a region is seen through windows that overlap by 1 GiB.
   */
  private static final long WINDOW = 1L << 30;

  private final @Nullable MemorySegment[] memories = new @Nullable MemorySegment[KEPT];
  private final @Nullable ByteBuffer[] views = new @Nullable ByteBuffer[KEPT];
  private final long[] starts = new long[KEPT];
  private int oldest;

  /**
   * The bytes as a buffer, ready for a channel; valid until the next call.
   *
   * @param length at most 1 GiB
   */
  ByteBuffer view(MemorySegment memory, long offset, long length) {
    long start = offset & -WINDOW;
    ByteBuffer view = find(memory, start);
    return view.clear().position((int) (offset - start)).limit((int) (offset - start + length));
  }

  // Identity is meant: the host hands out the same object for the same region, while equals
  // overlooks
  // that memory at the same address may have been freed and lent anew.
  @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"})
  private ByteBuffer find(MemorySegment memory, long start) {
    for (int i = 0; i < KEPT; i++) {
      ByteBuffer view = views[i];
      if (memories[i] == memory && starts[i] == start && view != null) {
        return view;
      }
    }
    long size = Math.min(memory.byteSize() - start, 2 * WINDOW - 1);
    ByteBuffer view = memory.asSlice(start, size).asByteBuffer();
    memories[oldest] = memory;
    starts[oldest] = start;
    views[oldest] = view;
    oldest = (oldest + 1) % KEPT;
    return view;
  }
}
