package org.tenon.kit.testing;

import org.tenon.spi.block.BlockBatch;

/** The tags of one call of {@code submit}; useless after it. */
final class CheckedBatch implements BlockBatch {
  private final int[] tags;
  private final FaultLog faults;
  private volatile boolean over;

  CheckedBatch(int[] tags, FaultLog faults) {
    this.tags = tags;
    this.faults = faults;
  }

  void end() {
    over = true;
  }

  @Override
  public int size() {
    check();
    return tags.length;
  }

  @Override
  public int tag(int index) {
    check();
    return tags[index];
  }

  private void check() {
    if (over) {
      faults.report(
          Clauses.BATCH_IS_OVER,
          FaultLog.USED_AFTER_SUBMIT,
          "used a batch after submit had returned");
      throw new IllegalStateException("a batch is valid during the call of submit only");
    }
  }
}
