package org.tenon.hv.attach.bench;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.hv.attach.SystemClock;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockRequests;

/**
 * The least that any host must do, as the yardstick: a table, a batch, and a status for each tag.
 * It trusts the driver, is for one thread, and hands out tags in turn.
 */
final class DirectHost implements BlockHost, BlockRequests, BlockBatch {
  private final int[] operations;
  private final long[] blocks;
  private final int[] counts;
  private final @Nullable MemorySegment[] memories;
  private final long[] offsets;
  private final long[] lengths;
  private final int[] statuses;
  private int first;
  private int size;
  private int completed;

  DirectHost(int depth) {
    operations = new int[depth];
    blocks = new long[depth];
    counts = new int[depth];
    memories = new MemorySegment[depth];
    offsets = new long[depth];
    lengths = new long[depth];
    statuses = new int[depth];
  }

  void begin() {
    first = size == 0 ? 0 : (first + size) % operations.length;
    size = 0;
    completed = 0;
  }

  void add(int operation, long block, int count, MemorySegment memory, long offset, long length) {
    int tag = tag(size++);
    operations[tag] = operation;
    blocks[tag] = block;
    counts[tag] = count;
    memories[tag] = memory;
    offsets[tag] = offset;
    lengths[tag] = length;
    statuses[tag] = -1;
  }

  /** The sum of the statuses: 0 if all ended well. */
  int reap() {
    int sum = completed - size;
    for (int i = 0; i < size; i++) {
      sum += statuses[tag(i)];
    }
    return sum;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int tag(int index) {
    int tag = first + index;
    return tag >= operations.length ? tag - operations.length : tag;
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    statuses[tag] = status;
    completed++;
  }

  @Override
  public BlockRequests requests(int queue) {
    return this;
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
    return blocks[tag];
  }

  @Override
  public int blocks(int tag) {
    return counts[tag];
  }

  @Override
  public int segments(int tag) {
    return 1;
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    MemorySegment memory = memories[tag];
    return memory == null ? MemorySegment.NULL : memory;
  }

  @Override
  public long offset(int tag, int segment) {
    return offsets[tag];
  }

  @Override
  public long length(int tag, int segment) {
    return lengths[tag];
  }

  @Override
  public void queueReady(int queue) {}

  @Override
  public void geometryChanged(BlockGeometry now) {}

  @Override
  public HostClock clock() {
    return SystemClock.instance();
  }

  @Override
  public Deadlines deadlines() {
    return Deadlines.DEFAULT;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return new Thread(work, name);
  }

  @Override
  public System.Logger log() {
    return System.getLogger("bench");
  }

  @Override
  public void healthChanged(Health now) {}
}
