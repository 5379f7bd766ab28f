package org.tenon.tck.vswitch;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.tenon.api.Stability;
import org.tenon.spi.DriverFactory;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.driver.LoadingTests;
import org.tenon.tck.vswitch.contract.ConcurrencyTests;
import org.tenon.tck.vswitch.contract.FrameTests;
import org.tenon.tck.vswitch.contract.LifeCycleTests;
import org.tenon.tck.vswitch.contract.PortTests;
import org.tenon.tck.vswitch.contract.SettingTests;
import org.tenon.tck.vswitch.trial.SwitchSubject;

/**
 * Every test of an extension of the virtual switch. A partner extends it in a test of its own:
 *
 * <pre>{@code
 * class FirewallTest extends SwitchExtensionContract {
 *   @Override protected SwitchSubject subject() {
 *     return SwitchSubject.of(new FirewallFactory(), Map.of());
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class SwitchExtensionContract {
  /** For partners. */
  protected SwitchExtensionContract() {}

  /** The extension under test. Called once for each test. */
  protected abstract SwitchSubject subject();

  /** L0: what a host looks at before it opens anything. */
  @Nested
  class Loading extends LoadingTests {
    @Override
    protected DriverFactory factory() {
      return subject().factory();
    }

    @Override
    protected Optional<BundleFacts> facts() {
      return subject().bundle();
    }
  }

  /** One frame after the other. */
  @Nested
  class Frames extends FrameTests {
    @Override
    protected SwitchSubject subject() {
      return SwitchExtensionContract.this.subject();
    }
  }

  /** Ports that come and go. */
  @Nested
  class Ports extends PortTests {
    @Override
    protected SwitchSubject subject() {
      return SwitchExtensionContract.this.subject();
    }
  }

  /** Several ports, and several switches, at one time. */
  @Nested
  class Concurrency extends ConcurrencyTests {
    @Override
    protected SwitchSubject subject() {
      return SwitchExtensionContract.this.subject();
    }
  }

  /** From open to close. */
  @Nested
  class LifeCycle extends LifeCycleTests {
    @Override
    protected SwitchSubject subject() {
      return SwitchExtensionContract.this.subject();
    }
  }

  /** What a user may set. */
  @Nested
  class Settings extends SettingTests {
    @Override
    protected SwitchSubject subject() {
      return SwitchExtensionContract.this.subject();
    }
  }
}
