package org.tenon.hv.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Which pages of one region have been written since the last {@link #drain}. Marking is lock-free,
 * from any thread; a page marked while a drain runs is reported by that drain or by the next, never
 * lost.
 */
public final class DirtyPages {
  /** Bytes per page. */
  public static final int PAGE_SIZE = 1 << DirtyPages.PAGE_SHIFT;

  private static final int PAGE_SHIFT = 12;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] words;
  private final long size;

  DirtyPages(long regionSize) {
    size = regionSize;
    words = new long[words(regionSize)];
  }

  /** Words of a bitmap, one bit a page, for a region of {@code regionSize} bytes. */
  public static int words(long regionSize) {
    long pages = (regionSize + PAGE_SIZE - 1) >>> PAGE_SHIFT;
    return Math.toIntExact((pages + Long.SIZE - 1) / Long.SIZE);
  }

  /**
   * Marks every page that {@code [offset, offset + length)} touches; what lies outside the region
   * is ignored.
   */
  void mark(long offset, long length) {
    if (length <= 0 || offset < 0 || offset >= size) {
      return;
    }
    long last = (offset + Math.min(length, size - offset) - 1) >>> PAGE_SHIFT;
    for (long page = offset >>> PAGE_SHIFT; page <= last; page++) {
      int word = (int) (page >>> 6);
      long bit = 1L << page;
      if (((long) WORD.getOpaque(words, word) & bit) == 0) {
        WORD.getAndBitwiseOr(words, word, bit);
      }
    }
  }

  /** Marks every page of the region. */
  void markAll() {
    mark(0, size);
  }

  /**
   * Moves the marks into {@code into} and clears them here.
   *
   * @param into at least {@link #words} long; overwritten
   * @return how many pages were dirty
   */
  public int drain(long[] into) {
    if (into.length < words.length) {
      throw new IllegalArgumentException(
          "bitmap of %d words, %d needed".formatted(into.length, words.length));
    }
    Arrays.fill(into, words.length, into.length, 0);
    int dirty = 0;
    for (int i = 0; i < words.length; i++) {
      into[i] = (long) WORD.getAndSet(words, i, 0L);
      dirty += Long.bitCount(into[i]);
    }
    return dirty;
  }
}
