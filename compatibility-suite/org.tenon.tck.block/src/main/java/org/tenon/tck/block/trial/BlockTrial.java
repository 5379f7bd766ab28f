package org.tenon.tck.block.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.spi.DriverException;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.driver.Trial;
import org.tenon.tck.core.run.RunContext;

/**
 * One test's storage, drivers and random choices. For the test's thread. Whatever is opened through
 * it is closed when the test ends, and every fault that the checking host saw fails the test, by
 * the clause it broke.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockTrial extends Trial {
  /** The size of a test's scratch storage unless it asks for another. */
  public static final long SCRATCH_BYTES = 8L << 20;

  private final BlockSubject subject;
  private final boolean keepsData;
  private final List<Scratch> scratches = new ArrayList<>();
  private final List<BlockHarness> harnesses = new ArrayList<>();

  BlockTrial(BlockSubject subject, RunContext run, Method test) {
    super(run, test);
    this.subject = subject;
    this.keepsData = test.isAnnotationPresent(KeepsData.class);
  }

  /** The driver under test. */
  public BlockSubject subject() {
    return subject;
  }

  /** Fresh storage; for a test that keeps data, the user's where there is some. */
  public Scratch scratch() {
    return scratch(SCRATCH_BYTES);
  }

  /** Fresh storage of that size; for a test that keeps data, the user's where there is some. */
  public Scratch scratch(long bytes) {
    try {
      Scratch scratch =
          keepsData && subject.image().isPresent()
              ? subject.storage().over(subject.image().get())
              : subject.storage().create(folder(), bytes);
      scratches.add(scratch);
      return scratch;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a driver on fresh storage, everything offered. */
  public Device open() {
    return open(scratch().direct());
  }

  /** Opens a driver, everything offered. */
  public Device open(Reach reach) {
    return open(harness(reach));
  }

  /** Begins a harness for the driver under test, with the suite's patience. */
  public BlockHarness.Builder harness(Reach reach) {
    return BlockHarness.of(subject.factory())
        .settings(reach.settings())
        .files(reach.files())
        .deadlines(subject.deadlines())
        .patience(subject.deadlines().request().multipliedBy(2))
        .lenient();
  }

  /**
   * Opens a driver.
   *
   * @throws ClauseViolated if it refuses
   */
  public Device open(BlockHarness.Builder builder) {
    try {
      return adopt(builder.open());
    } catch (DriverException e) {
      throw violation("the driver opens", "it refused: " + e.getMessage(), e);
    }
  }

  /** Watches over a harness that the test opened itself. */
  public Device adopt(BlockHarness harness) {
    harnesses.add(harness);
    return new Device(this, harness);
  }

  @Override
  protected List<Fault> closeDrivers() {
    harnesses.forEach(BlockHarness::close);
    return harnesses.stream().flatMap(harness -> harness.faults().stream()).toList();
  }

  @Override
  protected void giveBack() {
    scratches.forEach(Scratch::close);
  }
}
