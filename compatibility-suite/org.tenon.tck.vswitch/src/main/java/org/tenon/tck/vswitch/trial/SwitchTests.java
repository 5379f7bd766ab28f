package org.tenon.tck.vswitch.trial;

import java.lang.reflect.Method;
import java.util.List;
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
import org.tenon.spi.ConfigKey;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.run.NotApplicable;
import org.tenon.tck.core.run.RunContext;
import org.tenon.tck.core.run.RunExtension;

/** A group of tests of an extension. JUnit calls it on one thread for each test. */
@ExtendWith(RunExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class SwitchTests {
  /** The trait of an extension with a secret setting, for {@link Requires}. */
  protected static final String SECRET_SETTING = "secret-setting";

  private @Nullable SwitchTrial trial;

  /** For the groups. */
  protected SwitchTests() {}

  /** The extension under test. */
  protected abstract SwitchSubject subject();

  /** What the test works with. */
  protected final SwitchTrial trial() {
    if (trial == null) {
      throw new IllegalStateException("there is a trial only while a test runs");
    }
    return trial;
  }

  @BeforeEach
  final void begin(TestInfo test, RunContext run) {
    Method method = test.getTestMethod().orElseThrow();
    trial = new SwitchTrial(subject(), run, method);
    Requires requires = method.getAnnotation(Requires.class);
    if (requires != null) {
      checkApplies(requires);
    }
  }

  private void checkApplies(Requires requires) {
    SortedSet<String> missing = new TreeSet<>(List.of(requires.value()));
    if (subject().factory().configKeys().stream().anyMatch(ConfigKey::secret)) {
      missing.remove(SECRET_SETTING);
    }
    if (!missing.isEmpty()) {
      throw new NotApplicable("the extension has no " + String.join(", ", missing));
    }
  }

  @AfterEach
  final void end() {
    if (trial != null) {
      trial.end();
    }
  }
}
