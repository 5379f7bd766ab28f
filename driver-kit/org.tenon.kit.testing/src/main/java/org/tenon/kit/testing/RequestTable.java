package org.tenon.kit.testing;

import org.tenon.spi.block.BlockRequests;

/** One queue's requests as the driver reads them. */
final class RequestTable extends MemoryTable<LentRequest> implements BlockRequests {
  RequestTable(int queue, int depth, FaultLog faults) {
    super(queue, depth, faults);
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
  public long length(int tag, int segment) {
    return row(tag).length(segment);
  }
}
