package org.tenon.hv.attach;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.MemoryLease;
import org.tenon.hv.memory.MemoryRegion;

/**
 * The memory of one queue's requests, by tag. The queue's thread fills a row before it offers the
 * tag; the ledger's hand-over of the tag publishes it.
 */
abstract sealed class SegmentTable permits RequestTable, FrameTable {
  private final MemoryLease lease;
  private int maxSegments;
  private final int[] counts;
  private final long[] totals;
  private @Nullable MemoryRegion[] regions = {};
  private @Nullable MemorySegment[] views = {};
  private long[] offsets = {};
  private long[] lengths = {};

  SegmentTable(int depth, MemoryLease lease) {
    this.lease = lease;
    counts = new int[depth];
    totals = new long[depth];
  }

  /** Makes room for segments; called once, when the driver has said how many it takes. */
  final void allowSegments(int most) {
    int rows = Math.multiplyExact(counts.length, most);
    maxSegments = most;
    regions = new MemoryRegion[rows];
    views = new MemorySegment[rows];
    offsets = new long[rows];
    lengths = new long[rows];
  }

  /** Begins a row without segments. */
  final void clear(int tag) {
    counts[tag] = 0;
    totals[tag] = 0;
  }

  /** False where the row is full. */
  final boolean add(int tag, MemoryRegion region, long offset, long length) {
    int count = counts[tag];
    if (count == maxSegments) {
      return false;
    }
    int row = tag * maxSegments + count;
    if (regions[row] != region) {
      regions[row] = region;
      views[row] = lease.view(region);
    }
    offsets[row] = offset;
    lengths[row] = length;
    counts[tag] = count + 1;
    totals[tag] += length;
    return true;
  }

  /** Bytes of the whole row. */
  final long total(int tag) {
    return totals[tag];
  }

  /** Notes that the driver has written the row's memory, from the front. */
  final void markDirty(int tag, long bytes) {
    int row = tag * maxSegments;
    for (long left = bytes; left > 0; row++) {
      long length = Math.min(left, lengths[row]);
      Objects.requireNonNull(regions[row]).markDirty(offsets[row], length);
      left -= length;
    }
  }

  /** How many segments. */
  public final int segments(int tag) {
    return counts[tag];
  }

  /** The driver's view of the RAM that a segment lies in. */
  public final MemorySegment memory(int tag, int segment) {
    return Objects.requireNonNull(views[row(tag, segment)]);
  }

  /** Where in it the segment starts. */
  public final long offset(int tag, int segment) {
    return offsets[row(tag, segment)];
  }

  final MemoryRegion region(int tag, int segment) {
    return Objects.requireNonNull(regions[row(tag, segment)]);
  }

  final long bytes(int tag, int segment) {
    return lengths[row(tag, segment)];
  }

  private int row(int tag, int segment) {
    return tag * maxSegments + Objects.checkIndex(segment, counts[tag]);
  }
}
