package org.tenon.tck.block.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.MultipleFailuresError;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.spi.DriverException;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.evidence.EvidenceLog;
import org.tenon.tck.core.run.RunContext;

/**
 * One test's storage, drivers and random choices. For the test's thread. Whatever is opened through
 * it is closed when the test ends, and every fault that the checking host saw fails the test, by
 * the clause it broke.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockTrial {
  /** The size of a test's scratch storage unless it asks for another. */
  public static final long SCRATCH_BYTES = 8L << 20;

  private final BlockSubject subject;
  private final RunContext run;
  private final Seed seed;
  private final ClauseId about;
  private final boolean keepsData;
  private final List<Scratch> scratches = new ArrayList<>();
  private final List<BlockHarness> harnesses = new ArrayList<>();
  private final List<AutoCloseable> others = new ArrayList<>();
  private final List<Fault> reported = new CopyOnWriteArrayList<>();
  private @Nullable Path folder;

  BlockTrial(BlockSubject subject, RunContext run, Method test) {
    this.subject = subject;
    this.run = run;
    this.seed = run.seedOf(test);
    this.about = ClauseId.parse(test.getAnnotation(Clause.class).value()[0]);
    this.keepsData = test.isAnnotationPresent(KeepsData.class);
  }

  /** The driver under test. */
  public BlockSubject subject() {
    return subject;
  }

  /** The clause that the test is about. */
  public ClauseId about() {
    return about;
  }

  /** The test's own seed. */
  public Seed seed() {
    return seed;
  }

  /** The seed of the whole run, for what several tests share. */
  public Seed runSeed() {
    return run.seed();
  }

  /** Random choices of the test, from their beginning. */
  public RandomGenerator random() {
    return seed.random();
  }

  /** Where measurements go. */
  public EvidenceLog evidence() {
    return run.evidence();
  }

  /** A folder of the test's own, removed with all it holds when the test ends. */
  public Path folder() {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory("tenon-trial-");
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** Closes something else when the test ends, before the storage is given back. */
  public <C extends AutoCloseable> C keep(C closeable) {
    others.add(closeable);
    return closeable;
  }

  /**
   * Holds a fault against the driver that another host than the kit's saw. Callable by any thread.
   */
  public void report(Fault fault) {
    reported.add(fault);
  }

  /** A violation of the clause that the test is about. */
  public ClauseViolated violation(String expected, String actual) {
    return new ClauseViolated(about, expected, actual);
  }

  /** A violation of the clause that the test is about, with the exception that showed it. */
  public ClauseViolated violation(String expected, String actual, Throwable cause) {
    return new ClauseViolated(about, expected, actual, cause);
  }

  /** Closes what is open, and fails with what the checking host saw. */
  void end() {
    List<ClauseViolated> found = new ArrayList<>();
    for (BlockHarness harness : harnesses) {
      harness.close();
      harness.faults().stream().map(ClauseViolated::by).forEach(found::add);
    }
    others.forEach(BlockTrial::close);
    reported.stream().map(ClauseViolated::by).forEach(found::add);
    scratches.forEach(Scratch::close);
    removeFolder();
    if (found.size() == 1) {
      throw found.getFirst();
    } else if (!found.isEmpty()) {
      throw new MultipleFailuresError("the driver broke its contract", found);
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException("cleaning up after the test failed", e);
    }
  }

  private void removeFolder() {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
