package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;

/**
 * A block driver on a host that checks all it does. For one test thread, except where a method says
 * otherwise; the host's own calls come from threads like those of a real host: one for control, one
 * for each queue.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockHarness implements AutoCloseable {
  /** What a read's memory holds before the driver fills it. */
  public static final byte UNTOUCHED = (byte) 0xEE;

  /** What a request's memory holds after its completion, with {@link LentMemory#POISONED}. */
  public static final byte POISON = (byte) 0xDD;

  private final HarnessOptions options;
  private final BlockRig rig;
  private final BlockControl control;
  private final AtomicLong numbers = new AtomicLong();

  private BlockHarness(HarnessOptions options, BlockRig rig, BlockControl control) {
    this.options = options;
    this.rig = rig;
    this.control = control;
  }

  /**
   * Negotiates with the driver, opens it and starts it, with everything offered, on real files and
   * in real time.
   *
   * @param settings what a user would set
   * @throws DriverException if the driver refuses
   */
  public static BlockHarness open(BlockDriverFactory factory, Map<String, String> settings)
      throws DriverException {
    return of(factory).settings(settings).open();
  }

  /** Begins a harness with other circumstances. */
  public static Builder of(BlockDriverFactory factory) {
    return new Builder(factory);
  }

  /** The driver itself, for calls that the harness does not make; they are not checked. */
  public BlockDriver driver() {
    return control.driver();
  }

  /** What driver and host agreed on. */
  public BlockAgreement agreement() {
    return rig.agreement();
  }

  /** The device's geometry, as the driver says now. */
  public BlockGeometry geometry() {
    return control.driver().geometry();
  }

  /** The state of the driver's life. */
  public LifeCycle.State state() {
    return control.state();
  }

  /** Time as the driver has it. */
  public HostClock clock() {
    return rig.services().driverClock();
  }

  /** Starts a driver that was {@linkplain Builder#openOnly() only opened}. */
  public void start() throws DriverException {
    control.start();
  }

  /**
   * Reads logical blocks and waits for them.
   *
   * @throws HarnessError if the driver does not answer {@link Status#OK}; so do the other
   *     operations below
   */
  public byte[] read(long block, int blocks) {
    return expectOk(BlockRequest.read(block, blocks)).memory();
  }

  /** Writes whole logical blocks and waits until they are written. */
  public void write(long block, byte[] data) {
    expectOk(writing(block, data));
  }

  /** Writes whole logical blocks and waits until they are durable. */
  public void writeDurably(long block, byte[] data) {
    expectOk(writing(block, data).fua());
  }

  /** Makes durable what was written. */
  public void flush() {
    expectOk(BlockRequest.flush());
  }

  /** Gives blocks back to the storage. */
  public void discard(long block, int blocks) {
    expectOk(BlockRequest.discard(block, blocks));
  }

  /** Makes blocks read as zeroes. */
  public void writeZeroes(long block, int blocks) {
    expectOk(BlockRequest.writeZeroes(block, blocks));
  }

  /** A request that writes whole logical blocks of this device. */
  public BlockRequest writing(long block, byte[] data) {
    int blockSize = rig.geometry().logicalBlockSize();
    if (data.length % blockSize != 0) {
      throw new IllegalArgumentException(
          data.length
              + " bytes are not whole blocks of "
              + blockSize
              + "; BlockRequest.write makes any request");
    }
    return BlockRequest.write(block, data.length / blockSize, data);
  }

  /** Sends any request to queue 0 and waits for its result, whatever it is. */
  public BlockResult perform(BlockRequest request) {
    return submit(0, request).await();
  }

  /** Sends a request to a queue and does not wait. */
  public Submission submit(int queue, BlockRequest request) {
    return submit(queue, List.of(request)).getFirst();
  }

  /**
   * Sends requests to a queue, in batches as large as its depth allows, and does not wait. What the
   * driver does not accept is offered to it again, as the SPI says. Callable by any thread.
   */
  public List<Submission> submit(int queue, List<BlockRequest> requests) {
    List<Submission> submissions = number(queue, requests);
    rig.port(queue).submit(submissions);
    return submissions;
  }

  /**
   * Offers requests to a queue in exactly one call of {@code submit}, and waits until it has
   * returned. What the driver did not accept is not offered again.
   *
   * @return as many as were offered; {@link Submission#isAccepted()} says which were accepted
   */
  public List<Submission> offer(int queue, List<BlockRequest> requests) {
    List<Submission> submissions = number(queue, requests);
    rig.port(queue).offerOnce(submissions, options.patience());
    return submissions;
  }

  /** The requests that the driver has and has not completed. */
  public List<Submission> inFlight() {
    return rig.inFlight();
  }

  /** Pauses the driver and waits until it is paused. */
  public void quiesce() {
    control.quiesce();
  }

  /** Lets a paused driver go on. */
  public void resume() {
    control.resume();
  }

  /**
   * Resets the driver and waits until it serves again. Requests that it had not accepted end as
   * {@link Status#ABORTED}.
   */
  public void reset() {
    control.reset();
  }

  /** How the driver says it is. */
  public Health health() {
    return control.health();
  }

  /** What was found so far, in order. */
  public List<Fault> faults() {
    return rig.services().faults().faults();
  }

  /** What the driver logged, a line each, with the level in front. */
  public List<String> log() {
    return rig.services().log().lines();
  }

  /** Fails the test if a fault was found so far. */
  public void check() {
    List<Fault> found = faults();
    if (!found.isEmpty()) {
      throw new HarnessError(
          found.stream()
              .map(Fault::toString)
              .collect(Collectors.joining("\n  ", "the driver broke its contract:\n  ", "")));
    }
  }

  /**
   * Closes the driver, looks for what it left behind, and frees everything. A second call does
   * nothing.
   *
   * @throws HarnessError if a fault was found, now or before, unless the harness was built {@link
   *     HarnessBuilder#lenient()}
   */
  @Override
  public void close() {
    if (control.close() && options.strict()) {
      check();
    }
  }

  private BlockResult expectOk(BlockRequest request) {
    BlockResult result = perform(request);
    if (!result.isOk()) {
      throw new HarnessError(
          "%s: expected OK, but the driver answered %s".formatted(request, result));
    }
    return result;
  }

  private List<Submission> number(int queue, List<BlockRequest> requests) {
    String origin = Origin.ofCaller();
    List<Submission> numbered = new ArrayList<>(requests.size());
    for (BlockRequest request : requests) {
      // Refuses here, on the test's thread, what could not be allocated later.
      request.segmentLengths(rig.geometry().logicalBlockSize());
      numbered.add(
          new Submission(queue, numbers.getAndIncrement(), request, origin, options.patience()));
    }
    return numbered;
  }

  /** Collects the circumstances of a harness. For one thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Builder extends HarnessBuilder<Builder> {
    private final BlockDriverFactory factory;
    private BlockOffer offer = BlockOffer.of(BlockCapabilities.ALL, 4, 64);
    private BlockObserver observer = BlockObserver.NONE;

    private Builder(BlockDriverFactory factory) {
      this.factory = factory;
    }

    @Override
    Builder self() {
      return this;
    }

    /** What the host offers; all capabilities, 4 queues of 64 unless given. */
    public Builder offer(BlockOffer offered) {
      offer = offered;
      return this;
    }

    /** Who sees everything pass; nobody unless given. */
    public Builder observer(BlockObserver watcher) {
      observer = watcher;
      return this;
    }

    /**
     * Negotiates with the driver, opens it and starts it.
     *
     * @throws DriverException if the driver refuses
     * @throws HarnessError if it does something worse
     */
    public BlockHarness open() throws DriverException {
      BlockHarness harness = openOnly();
      try {
        harness.start();
      } catch (DriverException | RuntimeException | Error e) {
        try {
          harness.close();
        } catch (HarnessError worse) {
          e.addSuppressed(worse);
        }
        throw e;
      }
      return harness;
    }

    /**
     * Negotiates with the driver and opens it, and does not start it.
     *
     * @throws DriverException if the driver refuses
     * @throws HarnessError if it does something worse
     */
    public BlockHarness openOnly() throws DriverException {
      HarnessOptions options = options();
      BlockRig rig = BlockRig.negotiate(factory, options, offer, observer);
      return new BlockHarness(options, rig, BlockControl.open(factory, options, rig, observer));
    }
  }
}
