package org.tenon.kit.bench;

import java.util.List;
import org.tenon.api.Health;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockRequests;

/**
 * The leanest host that keeps the contract: it hands completions to their queue, and checks nothing
 * else.
 */
final class BenchHost implements BlockHost {
  private final HostClock clock;
  private final Deadlines deadlines;
  private final List<LaneRequests> requests;
  private volatile DriverQueue[] queues = {};

  BenchHost(HostClock clock, Deadlines deadlines, List<LaneRequests> requests) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.requests = requests;
  }

  /** Says who hears of completions; called before the driver starts. */
  void queues(List<DriverQueue> all) {
    queues = all.toArray(DriverQueue[]::new);
  }

  @Override
  public BlockRequests requests(int queue) {
    return requests.get(queue);
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    queues[queue].complete(tag, status);
  }

  @Override
  public void queueReady(int queue) {
    DriverQueue[] all = queues;
    if (queue < all.length) {
      all[queue].ready();
    }
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    // The load stays on the part of the device that was there when it began.
  }

  @Override
  public HostClock clock() {
    return clock;
  }

  @Override
  public Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name("driver " + name).unstarted(work);
  }

  @Override
  public System.Logger log() {
    return System.getLogger(BenchHost.class.getName());
  }

  @Override
  public void healthChanged(Health now) {
    log()
        .log(System.Logger.Level.INFO, "the driver says it is {0} {1}", now.state(), now.message());
  }
}
