package org.tenon.tck.device.trial;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.opentest4j.MultipleFailuresError;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.evidence.EvidenceLog;
import org.tenon.tck.core.run.RunContext;

/**
 * One test's functions and random choices. For the test's thread. Whatever is opened through it is
 * closed when the test ends, and every fault that the checking host saw fails the test, by the
 * clause it broke.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceTrial {
  /** Everything that the SDK knows. */
  public static final DeviceOffer EVERYTHING =
      DeviceOffer.of(DeviceCapabilities.ALL, 32, 64, 256L << 20);

  private final DeviceSubject subject;
  private final RunContext run;
  private final Seed seed;
  private final ClauseId about;
  private final List<DeviceHarness> harnesses = new ArrayList<>();
  private final List<AutoCloseable> others = new ArrayList<>();
  private final List<Fault> reported = new CopyOnWriteArrayList<>();

  DeviceTrial(DeviceSubject subject, RunContext run, Method test) {
    this.subject = subject;
    this.run = run;
    this.seed = run.seedOf(test);
    this.about = ClauseId.parse(test.getAnnotation(Clause.class).value()[0]);
  }

  /** The driver under test. */
  public DeviceSubject subject() {
    return subject;
  }

  /** Random choices of the test, from their beginning. */
  public RandomGenerator random() {
    return seed.random();
  }

  /** Where measurements go. */
  public EvidenceLog evidence() {
    return run.evidence();
  }

  /** Begins a harness for the driver under test. */
  public DeviceHarness.Builder harness() {
    return DeviceHarness.of(subject.factory())
        .settings(subject.settings())
        .offer(EVERYTHING)
        .deadlines(subject.deadlines())
        .lenient();
  }

  /**
   * Opens and starts a driver, everything offered.
   *
   * @throws ClauseViolated if it refuses
   */
  public DeviceHarness open() {
    try {
      return adopt(harness().open());
    } catch (DriverException e) {
      throw violation("the driver opens", "it refused: " + e.getMessage(), e);
    }
  }

  /** Opens a driver and does not start it. */
  public DeviceHarness openOnly() {
    try {
      return adopt(harness().openOnly());
    } catch (DriverException e) {
      throw violation("the driver opens", "it refused: " + e.getMessage(), e);
    }
  }

  /** Watches over a harness that the test opened itself. */
  public DeviceHarness adopt(DeviceHarness harness) {
    harnesses.add(harness);
    return harness;
  }

  /** A guest that knows no better, from the test's seed. */
  public HostileGuest guest(DeviceHarness device) {
    return new HostileGuest(device, random());
  }

  /** Closes something else when the test ends. */
  public <C extends AutoCloseable> C keep(C closeable) {
    others.add(closeable);
    return closeable;
  }

  /** Holds a fault against the driver that another host than the kit's saw. Any thread. */
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

  /** Fails unless both are equal. */
  public void expectSame(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw violation(what + " is " + expected, "it is " + actual);
    }
  }

  /** Closes what is open, and fails with what the checking host saw. */
  void end() {
    List<ClauseViolated> found = new ArrayList<>();
    for (DeviceHarness harness : harnesses) {
      harness.close();
      harness.faults().stream().map(ClauseViolated::by).forEach(found::add);
    }
    others.forEach(DeviceTrial::close);
    reported.stream().map(ClauseViolated::by).forEach(found::add);
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
}
