package org.tenon.kit.testing;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;

/** What is in flight on one queue, as the driver reads it. A row that is not may not be read. */
class MemoryTable<L extends LentSegments> {
  private final int queue;
  private final FaultLog faults;
  private final AtomicReferenceArray<@Nullable L> rows;

  MemoryTable(int queue, int depth, FaultLog faults) {
    this.queue = queue;
    this.faults = faults;
    this.rows = new AtomicReferenceArray<>(depth);
  }

  final void put(int tag, L lent) {
    rows.set(tag, lent);
  }

  final @Nullable L find(int tag) {
    return tag >= 0 && tag < rows.length() ? rows.get(tag) : null;
  }

  final void clear(int tag) {
    rows.set(tag, null);
  }

  public int segments(int tag) {
    return row(tag).segments();
  }

  public MemorySegment memory(int tag, int segment) {
    return row(tag).region(segment);
  }

  public long offset(int tag, int segment) {
    row(tag).region(segment);
    return row(tag).offset();
  }

  final L row(int tag) {
    L row = find(tag);
    if (row == null) {
      String what =
          "read the row of tag %d on queue %d, which is not in flight".formatted(tag, queue);
      faults.report(faults.memoryIsOver(), Fault.Kind.USED_AFTER_COMPLETE, what);
      throw new IllegalStateException(what);
    }
    return row;
  }
}
