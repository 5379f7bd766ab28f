package org.tenon.samples.blocknbd;

import java.util.Arrays;

/**
 * Which bytes of a read have arrived. Structured replies bring them in pieces of any order; none
 * may come twice, and in the end none may be missing. Keeps its memory from read to read. For one
 * thread.
 */
final class Coverage {
  /** More separate pieces at a time than any sensible server makes. */
  private static final int MAX_PIECES = 4096;

  /** Disjoint pieces in ascending order, never adjacent: start, end, start, end … */
  private int[] bounds = new int[8];

  private int count;

  void clear() {
    count = 0;
  }

  /**
   * Notes a piece.
   *
   * @return false if a part of it is there already, or the reply is in too many pieces
   */
  boolean add(int start, int length) {
    int end = start + length;
    int at = count;
    while (at > 0 && bounds[at - 2] >= end) {
      at -= 2;
    }
    boolean overlapsBefore = at > 0 && bounds[at - 1] > start;
    if (length < 1 || overlapsBefore) {
      return false;
    }
    boolean joinsBefore = at > 0 && bounds[at - 1] == start;
    boolean joinsAfter = at < count && bounds[at] == end;
    if (joinsBefore && joinsAfter) {
      bounds[at - 1] = bounds[at + 1];
      remove(at);
    } else if (joinsBefore) {
      bounds[at - 1] = end;
    } else if (joinsAfter) {
      bounds[at] = start;
    } else {
      return insert(at, start, end);
    }
    return true;
  }

  /** Whether every byte from 0 on has arrived. */
  boolean isWhole(int length) {
    return count == 2 && bounds[0] == 0 && bounds[1] == length;
  }

  private void remove(int at) {
    System.arraycopy(bounds, at + 2, bounds, at, count - at - 2);
    count -= 2;
  }

  private boolean insert(int at, int start, int end) {
    if (count == 2 * MAX_PIECES) {
      return false;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * count);
    }
    System.arraycopy(bounds, at, bounds, at + 2, count - at);
    bounds[at] = start;
    bounds[at + 1] = end;
    count += 2;
    return true;
  }
}
