package org.tenon.hv.attach;

import org.tenon.hv.memory.MemoryLease;
import org.tenon.spi.block.BlockRequests;

/** The rows that a block driver reads by tag. */
final class RequestTable extends SegmentTable implements BlockRequests {
  private final int[] operations;
  private final int[] flags;
  private final long[] firstBlocks;
  private final int[] blockCounts;

  RequestTable(int depth, MemoryLease lease) {
    super(depth, lease);
    operations = new int[depth];
    flags = new int[depth];
    firstBlocks = new long[depth];
    blockCounts = new int[depth];
  }

  void begin(int tag, int operation, int flagBits, long block, int blocks) {
    operations[tag] = operation;
    flags[tag] = flagBits;
    firstBlocks[tag] = block;
    blockCounts[tag] = blocks;
    clear(tag);
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
  public long length(int tag, int segment) {
    return bytes(tag, segment);
  }
}
