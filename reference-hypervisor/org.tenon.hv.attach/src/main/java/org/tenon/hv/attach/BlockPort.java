package org.tenon.hv.attach;

import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/**
 * One queue of an attached block driver, as {@link TagPort} says. A request's row is filled so:
 *
 * <pre>{@code
 * port.begin(tag, READ, 0, block, blocks);
 * port.segment(tag, region, offset, length);
 * }</pre>
 */
public final class BlockPort extends TagPort {
  private static final PortClauses CLAUSES =
      new PortClauses(
          Clauses.PREFIX,
          Clauses.EXACTLY_ONCE,
          Clauses.NOTHING_ELSE_COMPLETED,
          Clauses.SUBMIT_RETURNS,
          Clauses.CALLS_QUEUE_READY);

  private final BlockQueue queue;
  private final RequestTable table;

  BlockPort(int index, BlockQueue queue, RequestTable table, int depth, Conduct conduct) {
    super(index, depth, CLAUSES, conduct);
    this.queue = queue;
    this.table = table;
  }

  /**
   * Begins to fill the request, with no segment yet. What the driver agreed to is the caller's
   * concern.
   *
   * @param operation a code of {@link BlockOperation}
   * @param flags its flags
   * @param block the first logical block
   * @param blocks how many
   */
  public void begin(int tag, int operation, int flags, long block, int blocks) {
    table.begin(tag, operation, flags, block, blocks);
  }

  /**
   * Adds a segment; it lies wholly inside the region.
   *
   * @return false where the request has as many as the driver takes
   */
  public boolean segment(int tag, MemoryRegion region, long offset, long length) {
    return table.add(tag, region, offset, length);
  }

  /** How a completed request ended: a code of {@link Status}. */
  public int status(int tag) {
    return ledger.status(tag);
  }

  /**
   * Takes up a request that a driver has answered before the machine was saved. It waits to be
   * given back behind those taken up before.
   *
   * @return its tag, or {@link #NONE} when all are in use
   */
  public int restore(int operation, int status) {
    int tag = claim();
    if (tag != NONE) {
      begin(tag, operation, 0, 0, 0);
      restored(tag, status);
    }
    return tag;
  }

  @Override
  int hand(TagBatch offer) {
    return queue.submit(offer);
  }

  @Override
  String call() {
    return "submit";
  }

  @Override
  String words(int tag) {
    return BlockOperation.name(table.operation(tag));
  }

  @Override
  boolean isTimed() {
    return true;
  }

  @Override
  void cameBack(int tag) {
    if (table.operation(tag) == BlockOperation.READ) {
      table.markDirty(tag, table.total(tag));
    }
  }

  /** The driver completes a request; any thread. */
  void complete(int tag, int status, long bytes) {
    // Read before the tag is given back; of a tag that is not in flight it means nothing.
    long expected = tag < 0 || tag >= depth() ? 0 : expectedBytes(tag);
    boolean honest = status != Status.OK || bytes == expected;
    if (countsAs(tag, ledger.complete(tag, honest ? status : Status.IO_ERROR)) && !honest) {
      conduct.fault(
          Clauses.WHOLE_LENGTH,
          Fault.Kind.BAD_ANSWER,
          subject(tag),
          "completed as OK with %d bytes instead of %d".formatted(bytes, expected));
    }
  }

  private long expectedBytes(int tag) {
    int operation = table.operation(tag);
    return operation == BlockOperation.READ || operation == BlockOperation.WRITE
        ? table.total(tag)
        : 0;
  }
}
