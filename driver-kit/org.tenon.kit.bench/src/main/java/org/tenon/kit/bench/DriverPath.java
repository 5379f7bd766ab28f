package org.tenon.kit.bench;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

/** A driver called through its SPI, by a host that checks almost nothing. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DriverPath implements BlockPath {
  private final SystemClock clock;
  private final Arena arena;
  private final Deadlines deadlines;
  private final BlockAgreement agreement;
  private final BlockDriver driver;
  private final BlockGeometry geometry;
  private final List<DriverQueue> queues;

  private DriverPath(
      SystemClock clock,
      Arena arena,
      BlockDriverFactory factory,
      Map<String, String> settings,
      BenchPlan plan,
      Deadlines deadlines)
      throws DriverException {
    this.clock = clock;
    this.arena = arena;
    this.deadlines = deadlines;
    agreement =
        factory.negotiate(BlockOffer.of(BlockCapabilities.ALL, plan.queues(), plan.depth()));
    Config config = Config.of(factory.configKeys(), settings);
    List<LaneRequests> requests =
        Stream.generate(() -> new LaneRequests(arena, agreement.queueDepth(), plan.blockSize()))
            .limit(agreement.queues())
            .toList();
    BenchHost host = new BenchHost(clock, deadlines, requests);
    driver = factory.open(agreement, config, host);
    try {
      geometry = driver.geometry();
      requests.forEach(table -> table.setBlocks(plan.blockSize() / geometry.logicalBlockSize()));
      queues =
          IntStream.range(0, requests.size())
              .mapToObj(queue -> new DriverQueue(driver.queue(queue), requests.get(queue)))
              .toList();
      host.queues(queues);
      driver.start();
    } catch (DriverException | RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  /**
   * Opens a driver and starts it.
   *
   * @param settings what a user would set for it
   * @param plan how many queues, how deep, and how long its requests are
   * @param deadlines the host's, which the driver may ask for
   * @throws DriverException if the driver refuses the settings or cannot open its storage
   */
  public static DriverPath open(
      BlockDriverFactory factory, Map<String, String> settings, BenchPlan plan, Deadlines deadlines)
      throws DriverException {
    SystemClock clock = new SystemClock();
    Arena arena = Arena.ofShared();
    try {
      return new DriverPath(clock, arena, factory, settings, plan, deadlines);
    } catch (DriverException | RuntimeException e) {
      arena.close();
      clock.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "direct";
  }

  @Override
  public int queues() {
    return agreement.queues();
  }

  @Override
  public int depth() {
    return agreement.queueDepth();
  }

  @Override
  public BlockGeometry geometry() {
    return geometry;
  }

  @Override
  public Queue queue(int index) {
    return queues.get(index);
  }

  @Override
  public void settle() throws BenchException {
    for (DriverQueue queue : queues) {
      queue.check();
    }
    try {
      driver
          .quiesce()
          .toCompletableFuture()
          .orTimeout(deadlines.control().toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      String what =
          e.getCause() instanceof TimeoutException ? "does not end" : "failed: " + e.getCause();
      throw new BenchException("the driver's quiesce " + what, e);
    }
  }

  @Override
  public void close() {
    driver.close();
    arena.close();
    clock.close();
  }
}
