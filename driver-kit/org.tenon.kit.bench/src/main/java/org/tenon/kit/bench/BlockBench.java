package org.tenon.kit.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;

/**
 * Measures a way to a disk: a driver called by its SPI, or what a guest gets of it. Each driver is
 * opened anew for a measurement.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockBench {
  private final String driver;
  private final BlockPath path;
  private final BenchPlan plan;
  private final Deadlines deadlines;
  private final Phase phase = new Phase();

  private BlockBench(String driver, BlockPath path, BenchPlan plan, Deadlines deadlines) {
    this.driver = driver;
    this.path = path;
    this.plan = plan;
    this.deadlines = deadlines;
  }

  /**
   * Opens the driver, loads it as planned through its SPI, and closes it. Blocks the calling thread
   * for as long.
   *
   * @param settings what a user would set for the driver
   * @throws DriverException if the driver refuses the settings or cannot open its storage
   * @throws BenchException if the plan does not fit the device, or the driver hangs or breaks its
   *     contract
   * @throws InterruptedException if the calling thread is interrupted; the driver is closed
   */
  public static BenchReport run(
      BlockDriverFactory factory, Map<String, String> settings, BenchPlan plan)
      throws DriverException, BenchException, InterruptedException {
    return run(factory, settings, plan, Deadlines.DEFAULT);
  }

  static BenchReport run(
      BlockDriverFactory factory, Map<String, String> settings, BenchPlan plan, Deadlines deadlines)
      throws DriverException, BenchException, InterruptedException {
    try (BlockPath path = DriverPath.open(factory, settings, plan, deadlines)) {
      return new BlockBench(factory.id().value(), path, plan, deadlines).measure();
    }
  }

  /**
   * Loads an open way to a disk as planned and brings it to rest. Blocks the calling thread for as
   * long; closing is the caller's.
   *
   * @param driver what the report calls the driver
   * @throws BenchException if the plan does not fit the device, or what is behind the path hangs or
   *     breaks its contract
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static BenchReport run(String driver, BlockPath path, BenchPlan plan)
      throws BenchException, InterruptedException {
    return new BlockBench(driver, path, plan, Deadlines.DEFAULT).measure();
  }

  private BenchReport measure() throws BenchException, InterruptedException {
    List<Lane> lanes = lanes();
    double allocated = load(lanes);
    path.settle();
    return report(lanes, allocated);
  }

  private List<Lane> lanes() throws BenchException {
    BlockGeometry geometry = path.geometry();
    int blocksPerUnit = blocksPerRequest(geometry);
    long units = geometry.blocks() / blocksPerUnit;
    if (units < path.queues()) {
      throw new BenchException(
          "the device has %s: too small for a request of %d bytes on each of %d queues"
              .formatted(geometry, plan.blockSize(), path.queues()));
    }
    SplittableRandom random = new SplittableRandom(plan.seed());
    List<Lane> lanes = new ArrayList<>();
    for (int queue = 0; queue < path.queues(); queue++) {
      Stretch stretch =
          Stretch.of(plan.pattern(), units, blocksPerUnit, queue, path.queues(), random.split());
      lanes.add(
          new Lane(
              path.queue(queue),
              path.depth(),
              stretch,
              plan,
              phase,
              deadlines.request().toNanos(),
              random.split()));
    }
    return lanes;
  }

  private int blocksPerRequest(BlockGeometry geometry) throws BenchException {
    int block = geometry.logicalBlockSize();
    int most = geometry.maxTransferBlocks();
    if (plan.blockSize() % block != 0 || plan.blockSize() / block > most) {
      throw new BenchException(
          "a request of %d bytes does not fit the device: give a multiple of %d up to %d"
              .formatted(plan.blockSize(), block, (long) most * block));
    }
    if (plan.readPercent() < 100 && geometry.readOnly()) {
      throw new BenchException("the device is read-only: read 100 %");
    }
    return plan.blockSize() / block;
  }

  /**
   * Runs the lanes through warm-up and measurement, and answers how many bytes were allocated in
   * the latter.
   */
  private double load(List<Lane> lanes) throws BenchException, InterruptedException {
    CountDownLatch running = new CountDownLatch(lanes.size());
    CountDownLatch failed = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    for (Lane lane : lanes) {
      Thread.ofPlatform()
          .daemon()
          .name("kit-bench")
          .start(() -> runLane(lane, running, failed, failure));
    }
    try {
      failed.await(plan.warmUp().toNanos(), TimeUnit.NANOSECONDS);
      long allocatedBefore = BenchProcess.allocatedBytes();
      phase.beginMeasuring(System.nanoTime());
      failed.await(plan.duration().toNanos(), TimeUnit.NANOSECONDS);
      phase.end(System.nanoTime());
      long allocated = BenchProcess.allocatedBytes() - allocatedBefore;
      running.await();
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw thrown instanceof BenchException known
            ? known
            : new BenchException("the driver threw " + thrown, thrown);
      }
      return allocated;
    } finally {
      if (!phase.isOver()) {
        phase.end(System.nanoTime());
      }
    }
  }

  private static void runLane(
      Lane lane,
      CountDownLatch running,
      CountDownLatch failed,
      AtomicReference<@Nullable Throwable> failure) {
    try {
      lane.run();
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      failed.countDown();
    } finally {
      running.countDown();
    }
  }

  private BenchReport report(List<Lane> lanes, double allocated) {
    Histogram reads = new Histogram(3);
    Histogram writes = new Histogram(3);
    long errors = 0;
    for (Lane lane : lanes) {
      reads.add(lane.reads());
      writes.add(lane.writes());
      errors += lane.errors();
    }
    long requests = reads.getTotalCount() + writes.getTotalCount();
    double seconds = phase.seconds();
    return new BenchReport(
        driver,
        path.name(),
        plan,
        path.queues(),
        path.depth(),
        seconds,
        requests,
        errors,
        requests / seconds,
        requests * (double) plan.blockSize() / seconds / 1e6,
        Latency.of(reads),
        Latency.of(writes),
        requests == 0 ? 0 : allocated / requests,
        BenchProcess.environment());
  }
}
