package org.tenon.kit.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.tenon.spi.block.BlockRequests;

/** The requests of one lane: each tag has its own place in one region of memory, for good. */
final class LaneRequests implements BlockRequests {
  private final int[] operations;
  private final long[] firstBlocks;
  private volatile int blocks;
  private final int bytes;
  private final MemorySegment memory;

  LaneRequests(Arena arena, int depth, int bytes) {
    this.operations = new int[depth];
    this.firstBlocks = new long[depth];
    this.bytes = bytes;
    this.memory = arena.allocate((long) depth * bytes, 4096);
    this.memory.fill((byte) 0x5A);
  }

  /** Says how many logical blocks a request has; known once the driver is open. */
  void setBlocks(int count) {
    blocks = count;
  }

  int depth() {
    return operations.length;
  }

  /** Fills a row that the driver does not have. */
  void set(int tag, int operation, long block) {
    operations[tag] = operation;
    firstBlocks[tag] = block;
  }

  @Override
  public int operation(int tag) {
    return operations[tag];
  }

  @Override
  public int flags(int tag) {
    return 0;
  }

  @Override
  public long block(int tag) {
    return firstBlocks[tag];
  }

  @Override
  public int blocks(int tag) {
    return blocks;
  }

  @Override
  public int segments(int tag) {
    return 1;
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    return memory;
  }

  @Override
  public long offset(int tag, int segment) {
    return (long) tag * bytes;
  }

  @Override
  public long length(int tag, int segment) {
    return bytes;
  }
}
