package org.tenon.kit.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockRequests;

/** What a block driver under test has for a host. */
final class CheckingBlockHost extends CheckingHost implements BlockHost {
  private final BlockAgreement agreement;
  private final List<BlockPort> ports;
  private volatile @Nullable BlockGeometry geometry;

  CheckingBlockHost(
      BlockAgreement agreement, Deadlines deadlines, HostServices services, List<BlockPort> ports) {
    super(services, deadlines);
    this.agreement = agreement;
    this.ports = ports;
  }

  /** What the device's geometry is now. */
  void expect(BlockGeometry now) {
    geometry = now;
  }

  /** What the device's geometry should be now; null before the driver is open. */
  @Nullable BlockGeometry expected() {
    return geometry;
  }

  @Override
  public BlockRequests requests(int queue) {
    return ports.get(queue).table();
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    checkNotOver("complete");
    if (queue < 0 || queue >= ports.size()) {
      reportBadQueue(
          BlockClauses.NOTHING_UNKNOWN,
          Fault.Kind.COMPLETED_UNKNOWN,
          "completed tag %d on queue %d as %s".formatted(tag, queue, Status.name(status)),
          ports.size());
      return;
    }
    ports.get(queue).complete(tag, status, bytes);
  }

  @Override
  public void queueReady(int queue) {
    checkNotOver("queueReady");
    if (queue >= 0 && queue < ports.size()) {
      ports.get(queue).ready();
    } else {
      reportBadQueue(
          BlockClauses.QUEUES_CONSTANT,
          Fault.Kind.BAD_ANSWER,
          "called queueReady for queue " + queue,
          ports.size());
    }
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    checkNotOver("geometryChanged");
    if (!agreement.has(BlockCapabilities.RESIZE)) {
      faults()
          .report(
              BlockClauses.RESIZE_AGREED,
              Fault.Kind.NOT_AGREED,
              "called geometryChanged, but resize was not agreed");
    }
    BlockGeometry before = geometry;
    if (before != null && !now.equals(before.withBlocks(now.blocks()))) {
      faults()
          .report(
              BlockClauses.RESIZE_SHOWS,
              Fault.Kind.BAD_ANSWER,
              "geometryChanged from %s to %s changes more than the number of blocks"
                  .formatted(before, now));
    }
    geometry = now;
  }
}
