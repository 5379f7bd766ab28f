package org.tenon.hv.attach;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.MemoryLease;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.block.BlockRequests;

/**
 * The rows that a driver reads by tag. The queue's thread fills a row before it submits the tag;
 * the ledger's hand-over of the tag publishes it.
 */
final class RequestTable implements BlockRequests {
  private final MemoryLease lease;
  private int maxSegments;
  private final int[] operations;
  private final int[] flags;
  private final long[] firstBlocks;
  private final int[] blockCounts;
  private final int[] segmentCounts;
  private final long[] totals;
  private @Nullable MemoryRegion[] regions = {};
  private @Nullable MemorySegment[] views = {};
  private long[] offsets = {};
  private long[] lengths = {};

  RequestTable(int depth, MemoryLease lease) {
    this.lease = lease;
    operations = new int[depth];
    flags = new int[depth];
    firstBlocks = new long[depth];
    blockCounts = new int[depth];
    segmentCounts = new int[depth];
    totals = new long[depth];
  }

  /** Makes room for segments; called once, when the driver has said how many it takes. */
  void allowSegments(int most) {
    int rows = Math.multiplyExact(operations.length, most);
    maxSegments = most;
    regions = new MemoryRegion[rows];
    views = new MemorySegment[rows];
    offsets = new long[rows];
    lengths = new long[rows];
  }

  void begin(int tag, int operation, int flagBits, long block, int blocks) {
    operations[tag] = operation;
    flags[tag] = flagBits;
    firstBlocks[tag] = block;
    blockCounts[tag] = blocks;
    segmentCounts[tag] = 0;
    totals[tag] = 0;
  }

  /** False where the row is full. */
  boolean add(int tag, MemoryRegion region, long offset, long length) {
    int count = segmentCounts[tag];
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
    segmentCounts[tag] = count + 1;
    totals[tag] += length;
    return true;
  }

  /** Bytes of the whole request. */
  long total(int tag) {
    return totals[tag];
  }

  /** Notes that the driver has written the row's memory. */
  void markDirty(int tag) {
    int row = tag * maxSegments;
    for (int end = row + segmentCounts[tag]; row < end; row++) {
      Objects.requireNonNull(regions[row]).markDirty(offsets[row], lengths[row]);
    }
  }

  @Override
  public int operation(int tag) {
    return operations[tag];
  }

  @Override
  public int flags(int tag) {
    return flags[tag];
  }

  @Override
  public long block(int tag) {
    return firstBlocks[tag];
  }

  @Override
  public int blocks(int tag) {
    return blockCounts[tag];
  }

  @Override
  public int segments(int tag) {
    return segmentCounts[tag];
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    return Objects.requireNonNull(views[row(tag, segment)]);
  }

  @Override
  public long offset(int tag, int segment) {
    return offsets[row(tag, segment)];
  }

  @Override
  public long length(int tag, int segment) {
    return lengths[row(tag, segment)];
  }

  private int row(int tag, int segment) {
    return tag * maxSegments + Objects.checkIndex(segment, segmentCounts[tag]);
  }
}
