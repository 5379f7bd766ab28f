package org.tenon.tck.device.trial;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.run.NotApplicable;
import org.tenon.tck.core.run.RunContext;
import org.tenon.tck.core.run.RunExtension;

/** A group of tests of a PCI function. JUnit calls it on one thread for each test. */
@ExtendWith(RunExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class DeviceTests {
  /** The trait of a driver with a secret setting, for {@link Requires}. */
  protected static final String SECRET_SETTING = "secret-setting";

  /** What a test requires that is for functions which take MSI where MSI-X is not offered. */
  protected static final String MSI_ALONE = "msi without msix";

  private @Nullable DeviceTrial trial;

  /** For the groups. */
  protected DeviceTests() {}

  /** The driver under test. */
  protected abstract DeviceSubject subject();

  /** What the test works with. */
  protected final DeviceTrial trial() {
    if (trial == null) {
      throw new IllegalStateException("there is a trial only while a test runs");
    }
    return trial;
  }

  @BeforeEach
  final void begin(TestInfo test, RunContext run) {
    Method method = test.getTestMethod().orElseThrow();
    trial = new DeviceTrial(subject(), run, method);
    Requires requires = method.getAnnotation(Requires.class);
    if (requires != null) {
      checkApplies(trial, requires);
    }
  }

  private void checkApplies(DeviceTrial begun, Requires requires) {
    SortedSet<String> missing = new TreeSet<>(List.of(requires.value()));
    try {
      DeviceAgreement agreement = subject().factory().negotiate(DeviceTrial.EVERYTHING);
      agreement.capabilities().forEach(capability -> missing.remove(capability.toString()));
    } catch (DriverException e) {
      throw begun.violation(
          "an agreement when everything is offered", "it refused: " + e.getMessage(), e);
    }
    if (subject().factory().configKeys().stream().anyMatch(ConfigKey::secret)) {
      missing.remove(SECRET_SETTING);
    }
    if (missing.contains(MSI_ALONE) && takesMsiAlone()) {
      missing.remove(MSI_ALONE);
    }
    if (!missing.isEmpty()) {
      throw new NotApplicable("the function has not taken " + String.join(", ", missing));
    }
  }

  private boolean takesMsiAlone() {
    DeviceOffer all = DeviceTrial.EVERYTHING;
    Set<Capability> less = new TreeSet<>(all.capabilities());
    less.remove(DeviceCapabilities.MSIX);
    try {
      return subject()
          .factory()
          .negotiate(DeviceOffer.of(less, all.maxVectors(), all.maxLeases(), all.maxBarBytes()))
          .has(DeviceCapabilities.MSI);
    } catch (DriverException e) {
      return false;
    }
  }

  @AfterEach
  final void end() {
    if (trial != null) {
      trial.end();
    }
  }
}
