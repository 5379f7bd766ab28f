package org.tenon.kit.testing;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.spi.block.BlockRequests;

/** One queue's requests as the driver reads them. A row that is not in flight may not be read. */
final class RequestTable implements BlockRequests {
  private final int queue;
  private final FaultLog faults;
  private final AtomicReferenceArray<@Nullable LentRequest> rows;

  RequestTable(int queue, int depth, FaultLog faults) {
    this.queue = queue;
    this.faults = faults;
    this.rows = new AtomicReferenceArray<>(depth);
  }

  void put(int tag, LentRequest request) {
    rows.set(tag, request);
  }

  @Nullable LentRequest find(int tag) {
    return tag >= 0 && tag < rows.length() ? rows.get(tag) : null;
  }

  void clear(int tag) {
    rows.set(tag, null);
  }

  @Override
  public int operation(int tag) {
    return row(tag).submission().request().operation();
  }

  @Override
  public int flags(int tag) {
    return row(tag).submission().request().flags();
  }

  @Override
  public long block(int tag) {
    return row(tag).submission().request().block();
  }

  @Override
  public int blocks(int tag) {
    return row(tag).submission().request().blocks();
  }

  @Override
  public int segments(int tag) {
    return row(tag).segments();
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    return row(tag).region(segment);
  }

  @Override
  public long offset(int tag, int segment) {
    row(tag).region(segment);
    return row(tag).offset();
  }

  @Override
  public long length(int tag, int segment) {
    return row(tag).length(segment);
  }

  private LentRequest row(int tag) {
    LentRequest row = find(tag);
    if (row == null) {
      String what =
          "read the row of tag %d on queue %d, which is not in flight".formatted(tag, queue);
      faults.report(Clauses.MEMORY_IS_OVER, Fault.Kind.USED_AFTER_COMPLETE, what);
      throw new IllegalStateException(what);
    }
    return row;
  }
}
