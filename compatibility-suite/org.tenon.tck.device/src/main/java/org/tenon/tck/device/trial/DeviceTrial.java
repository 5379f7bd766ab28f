package org.tenon.tck.device.trial;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.driver.Trial;
import org.tenon.tck.core.run.RunContext;

/** One test's functions and random choices. For the test's thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceTrial extends Trial {
  /** Everything that the SDK knows. */
  public static final DeviceOffer EVERYTHING =
      DeviceOffer.of(DeviceCapabilities.ALL, 32, 64, 256L << 20);

  private final DeviceSubject subject;
  private final List<DeviceHarness> harnesses = new ArrayList<>();

  DeviceTrial(DeviceSubject subject, RunContext run, Method test) {
    super(run, test);
    this.subject = subject;
  }

  /** The driver under test. */
  public DeviceSubject subject() {
    return subject;
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

  /** Fails unless both are equal. */
  public void expectSame(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw violation(what + " is " + expected, "it is " + actual);
    }
  }

  @Override
  protected List<Fault> closeDrivers() {
    List<Fault> found = new ArrayList<>();
    for (DeviceHarness harness : harnesses) {
      harness.close();
      found.addAll(harness.faults());
    }
    return found;
  }

  @Override
  protected void giveBack() {}
}
