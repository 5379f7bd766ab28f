package org.tenon.kit.testing;

import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicQueuePair;

/** Where frames to send go to one pair of a card. */
final class TransmitPort extends Port<Sending, LentFrame> {
  private final LentFrame.Table table;
  private volatile @Nullable NicQueuePair driver;

  TransmitPort(int pair, int depth, HarnessOptions options, HostServices services) {
    this(pair, depth, options, services, new LentFrame.Table(pair, depth, services.faults()));
  }

  private TransmitPort(
      int pair, int depth, HarnessOptions options, HostServices services, LentFrame.Table table) {
    super(pair, depth, PortRules.TRANSMIT, options, services, table);
    this.table = table;
  }

  NicFrames table() {
    return table;
  }

  /** Lets frames through to the driver. */
  void run(NicQueuePair to) {
    driver = to;
    run();
  }

  @Override
  int call(CheckedBatch batch) {
    NicQueuePair target = driver;
    return target == null ? 0 : target.transmit(batch);
  }

  @Override
  LentFrame lend(Sending sending) {
    return new LentFrame(sending);
  }

  @Override
  boolean hasDeadline() {
    return true;
  }

  /** Called by the driver, on any thread. */
  void complete(int tag, int status) {
    Sending sending;
    synchronized (this) {
      LentFrame row = find(tag, "as " + Status.name(status));
      if (row == null) {
        return;
      }
      sending = row.sending();
      row.check(faults());
      sending.completed();
      retire(row);
    }
    sending.settle(status);
  }
}
