package org.tenon.kit.testing;

import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.net.NicBatch;

/** The tags of one call to a driver; useless after it. */
final class CheckedBatch implements BlockBatch, NicBatch {
  private final int[] tags;
  private final PortRules rules;
  private final FaultLog faults;
  private volatile boolean over;

  CheckedBatch(int[] tags, PortRules rules, FaultLog faults) {
    this.tags = tags;
    this.rules = rules;
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
          rules.batchIsOver(),
          FaultLog.USED_AFTER_SUBMIT,
          "used a batch after " + rules.call() + " had returned");
      throw new IllegalStateException(
          "a batch is valid during the call of " + rules.call() + " only");
    }
  }
}
