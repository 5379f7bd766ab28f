package org.tenon.kit.testing;

import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/** One queue of a block driver from the host's side: checks each completion. */
final class BlockPort extends Port<Submission, LentRequest> {
  private final RequestTable table;
  private final BlockObserver observer;
  private volatile @Nullable BlockQueue driver;
  private volatile int logicalBlockSize;

  BlockPort(
      int queue, int depth, HarnessOptions options, BlockObserver observer, HostServices services) {
    this(
        queue,
        depth,
        options,
        observer,
        services,
        new RequestTable(queue, depth, services.faults()));
  }

  private BlockPort(
      int queue,
      int depth,
      HarnessOptions options,
      BlockObserver observer,
      HostServices services,
      RequestTable table) {
    super(queue, depth, PortRules.SUBMIT, options, services, table);
    this.table = table;
    this.observer = observer;
  }

  RequestTable table() {
    return table;
  }

  /** Lets submissions through to the driver. */
  void run(BlockQueue to, int blockSize) {
    driver = to;
    logicalBlockSize = blockSize;
    run();
  }

  @Override
  int call(CheckedBatch batch) {
    BlockQueue target = driver;
    return target == null ? 0 : target.submit(batch);
  }

  @Override
  LentRequest lend(Submission submission) {
    return new LentRequest(submission, logicalBlockSize);
  }

  @Override
  boolean hasDeadline() {
    return true;
  }

  @Override
  void offering(Submission submission) {
    observer.submitting(submission);
  }

  /** Called by the driver, on any thread. */
  void complete(int tag, int status, long bytes) {
    Submission submission;
    BlockResult result;
    synchronized (this) {
      LentRequest row = find(tag, "as " + Status.name(status));
      if (row == null) {
        return;
      }
      submission = row.submission();
      byte[] contents = row.contents();
      result = new BlockResult(status, bytes, contents);
      checkBytes(row, result);
      row.check(contents, faults());
      submission.completed();
      observer.completed(submission, result);
      retire(row);
    }
    submission.settle(result);
  }

  private void checkBytes(LentRequest row, BlockResult result) {
    BlockRequest request = row.submission().request();
    long whole = request.transfers() ? (long) request.blocks() * logicalBlockSize : 0;
    boolean right =
        result.isOk()
            ? result.bytes() == whole
            : result.bytes() >= 0 && result.bytes() <= Math.max(0, whole);
    if (!right) {
      faults()
          .report(
              BlockClauses.BYTES_REPORTED,
              Fault.Kind.BAD_ANSWER,
              row.submission(),
              "completed %s as %s with %d bytes; its length is %d"
                  .formatted(
                      BlockOperation.name(request.operation()),
                      Status.name(result.status()),
                      result.bytes(),
                      whole));
    }
  }
}
