package org.tenon.kit.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockRequests;

/** What the driver under test has for a host: answers, and checks every call. */
final class CheckingHost implements BlockHost {
  private final BlockAgreement agreement;
  private final Deadlines deadlines;
  private final WatchedClock clock;
  private final ThreadWatch threads;
  private final CapturedLog log;
  private final Secrets secrets;
  private final FaultLog faults;
  private final List<QueuePort> ports;
  private volatile @Nullable BlockGeometry geometry;
  private volatile boolean over;

  CheckingHost(
      BlockAgreement agreement,
      Deadlines deadlines,
      WatchedClock clock,
      ThreadWatch threads,
      CapturedLog log,
      Secrets secrets,
      FaultLog faults,
      List<QueuePort> ports) {
    this.agreement = agreement;
    this.deadlines = deadlines;
    this.clock = clock;
    this.threads = threads;
    this.log = log;
    this.secrets = secrets;
    this.faults = faults;
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

  /** From now on every call is a fault. */
  void end() {
    over = true;
  }

  @Override
  public HostClock clock() {
    checkNotOver("clock");
    return clock;
  }

  @Override
  public Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    checkNotOver("newThread");
    return threads.driverThread(name, work);
  }

  @Override
  public System.Logger log() {
    return log;
  }

  @Override
  public void healthChanged(Health now) {
    checkNotOver("healthChanged");
    secrets.check("a health message", now.message());
  }

  @Override
  public BlockRequests requests(int queue) {
    return ports.get(queue).table();
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    checkNotOver("complete");
    if (queue < 0 || queue >= ports.size()) {
      faults.report(
          Clauses.NOTHING_UNKNOWN,
          Fault.Kind.COMPLETED_UNKNOWN,
          "completed tag %d on queue %d as %s; there are %d queues"
              .formatted(tag, queue, Status.name(status), ports.size()));
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
      faults.report(
          Clauses.QUEUES_CONSTANT,
          Fault.Kind.BAD_ANSWER,
          "called queueReady for queue %d; there are %d queues".formatted(queue, ports.size()));
    }
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    checkNotOver("geometryChanged");
    if (!agreement.has(BlockCapabilities.RESIZE)) {
      faults.report(
          Clauses.RESIZE_AGREED,
          Fault.Kind.NOT_AGREED,
          "called geometryChanged, but resize was not agreed");
    }
    BlockGeometry before = geometry;
    if (before != null && !now.equals(before.withBlocks(now.blocks()))) {
      faults.report(
          Clauses.RESIZE_SHOWS,
          Fault.Kind.BAD_ANSWER,
          "geometryChanged from %s to %s changes more than the number of blocks"
              .formatted(before, now));
    }
    geometry = now;
  }

  private void checkNotOver(String call) {
    if (over) {
      faults.report(
          Clauses.NOTHING_LEFT,
          FaultLog.USED_AFTER_CLOSE,
          "called " + call + " after close had returned");
    }
  }
}
