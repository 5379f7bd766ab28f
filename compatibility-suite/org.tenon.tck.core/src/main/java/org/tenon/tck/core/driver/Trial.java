package org.tenon.tck.core.driver;

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
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.evidence.EvidenceLog;
import org.tenon.tck.core.run.RunContext;

/**
 * One test's random choices, files and faults. For the test's thread, except where a method says
 * otherwise. Every fault that a checking host saw fails the test, by the clause it broke.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class Trial {
  private final RunContext run;
  private final Seed seed;
  private final ClauseId about;
  private final List<AutoCloseable> others = new ArrayList<>();
  private final List<Fault> reported = new CopyOnWriteArrayList<>();
  private @Nullable Path folder;

  /** The trial of a test. */
  protected Trial(RunContext run, Method test) {
    this.run = run;
    this.seed = run.seedOf(test);
    this.about = ClauseId.parse(test.getAnnotation(Clause.class).value()[0]);
  }

  /** The clause that the test is about. */
  public final ClauseId about() {
    return about;
  }

  /** The test's own seed. */
  public final Seed seed() {
    return seed;
  }

  /** The seed of the whole run, for what several tests share. */
  public final Seed runSeed() {
    return run.seed();
  }

  /** Random choices of the test, from their beginning. */
  public final RandomGenerator random() {
    return seed.random();
  }

  /** Where measurements go. */
  public final EvidenceLog evidence() {
    return run.evidence();
  }

  /** A folder of the test's own, removed with all it holds when the test ends. */
  public final Path folder() {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory("tenon-trial-");
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes something else when the test ends, after the drivers. */
  public final <C extends AutoCloseable> C keep(C closeable) {
    others.add(closeable);
    return closeable;
  }

  /**
   * Holds a fault against the driver that another host than the kit's saw. Callable by any thread.
   */
  public final void report(Fault fault) {
    reported.add(fault);
  }

  /** A violation of the clause that the test is about. */
  public final ClauseViolated violation(String expected, String actual) {
    return new ClauseViolated(about, expected, actual);
  }

  /** A violation of the clause that the test is about, with the exception that showed it. */
  public final ClauseViolated violation(String expected, String actual, Throwable cause) {
    return new ClauseViolated(about, expected, actual, cause);
  }

  /** Closes the drivers and answers what their hosts saw. */
  protected abstract List<Fault> closeDrivers();

  /** Gives back what lay below the drivers. */
  protected abstract void giveBack();

  /** Closes what is open, and fails with what was seen. */
  public final void end() {
    List<ClauseViolated> found = new ArrayList<>();
    closeDrivers().stream().map(ClauseViolated::by).forEach(found::add);
    others.forEach(Trial::close);
    reported.stream().map(ClauseViolated::by).forEach(found::add);
    giveBack();
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
