package org.tenon.kit.bench;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.kit.testing.SystemClock;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;

/** Measures a block driver. Each measurement opens the driver anew, and closes it. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockBench {
  private final BlockDriverFactory factory;
  private final BenchPlan plan;
  private final Deadlines deadlines;
  private final Phase phase = new Phase();

  private BlockBench(BlockDriverFactory factory, BenchPlan plan, Deadlines deadlines) {
    this.factory = factory;
    this.plan = plan;
    this.deadlines = deadlines;
  }

  /**
   * Opens the driver, loads it as planned, and closes it. Blocks the calling thread for as long.
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
    return new BlockBench(factory, plan, deadlines).measure(settings);
  }

  private BenchReport measure(Map<String, String> settings)
      throws DriverException, BenchException, InterruptedException {
    BlockAgreement agreement =
        factory.negotiate(BlockOffer.of(BlockCapabilities.ALL, plan.queues(), plan.depth()));
    Config config = Config.of(factory.configKeys(), settings);
    try (SystemClock clock = new SystemClock();
        Arena arena = Arena.ofShared()) {
      List<LaneRequests> requests =
          Stream.generate(() -> new LaneRequests(arena, agreement.queueDepth(), plan.blockSize()))
              .limit(agreement.queues())
              .toList();
      BenchHost host = new BenchHost(clock, deadlines, requests);
      try (BlockDriver driver = factory.open(agreement, config, host)) {
        List<Lane> lanes = lanes(driver, requests);
        host.lanes(lanes);
        driver.start();
        double allocated = load(lanes);
        settle(driver.quiesce());
        return report(agreement, lanes, allocated);
      }
    }
  }

  private List<Lane> lanes(BlockDriver driver, List<LaneRequests> requests) throws BenchException {
    BlockGeometry geometry = driver.geometry();
    int blocksPerUnit = blocksPerRequest(geometry);
    long units = geometry.blocks() / blocksPerUnit;
    if (units < requests.size()) {
      throw new BenchException(
          "the device has %s: too small for a request of %d bytes on each of %d queues"
              .formatted(geometry, plan.blockSize(), requests.size()));
    }
    SplittableRandom random = new SplittableRandom(plan.seed());
    List<Lane> lanes = new ArrayList<>();
    for (int queue = 0; queue < requests.size(); queue++) {
      LaneRequests table = requests.get(queue);
      table.setBlocks(blocksPerUnit);
      Stretch stretch =
          Stretch.of(plan.pattern(), units, blocksPerUnit, queue, requests.size(), random.split());
      lanes.add(
          new Lane(
              driver.queue(queue),
              table,
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
      long allocatedBefore = allocatedBytes();
      phase.beginMeasuring(System.nanoTime());
      failed.await(plan.duration().toNanos(), TimeUnit.NANOSECONDS);
      phase.end(System.nanoTime());
      long allocated = allocatedBytes() - allocatedBefore;
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

  private void settle(CompletionStage<Void> stage) throws BenchException {
    try {
      stage
          .toCompletableFuture()
          .orTimeout(deadlines.control().toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      String what =
          e.getCause() instanceof TimeoutException ? "does not end" : "failed: " + e.getCause();
      throw new BenchException("the driver's quiesce " + what, e);
    }
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
  }

  private BenchReport report(BlockAgreement agreement, List<Lane> lanes, double allocated) {
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
        factory.id().value(),
        plan,
        agreement.queues(),
        agreement.queueDepth(),
        seconds,
        requests,
        errors,
        requests / seconds,
        requests * (double) plan.blockSize() / seconds / 1e6,
        Latency.of(reads),
        Latency.of(writes),
        requests == 0 ? 0 : allocated / requests,
        environment());
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("jdk", Runtime.version().toString());
    environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    environment.put("architecture", System.getProperty("os.arch"));
    environment.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    return environment;
  }
}
