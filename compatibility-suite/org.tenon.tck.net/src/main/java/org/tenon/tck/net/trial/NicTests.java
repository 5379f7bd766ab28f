package org.tenon.tck.net.trial;

import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.api.Stability;
import org.tenon.tck.core.run.RunContext;
import org.tenon.tck.core.run.RunExtension;
import org.tenon.tck.net.subject.NicSubject;

/** A group of tests of a NIC driver. JUnit calls it on one thread for each test. */
@ExtendWith(RunExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class NicTests {
  private @Nullable NicTrial trial;

  /** For the groups. */
  protected NicTests() {}

  /** The driver under test. */
  protected abstract NicSubject subject();

  /** What the test works with. */
  protected final NicTrial trial() {
    if (trial == null) {
      throw new IllegalStateException("there is a trial only while a test runs");
    }
    return trial;
  }

  @BeforeEach
  final void begin(TestInfo test, RunContext run) {
    Method method = test.getTestMethod().orElseThrow();
    trial = new NicTrial(subject(), run, method);
    Applicability.check(subject(), method, run);
  }

  @AfterEach
  final void end() {
    if (trial != null) {
      trial.end();
    }
  }
}
