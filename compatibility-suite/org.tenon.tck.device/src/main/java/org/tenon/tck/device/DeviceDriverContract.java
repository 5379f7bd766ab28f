package org.tenon.tck.device;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.tenon.api.Stability;
import org.tenon.spi.DriverFactory;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.driver.LoadingTests;
import org.tenon.tck.device.contract.AccessTests;
import org.tenon.tck.device.contract.DmaTests;
import org.tenon.tck.device.contract.LifeCycleTests;
import org.tenon.tck.device.contract.MovementTests;
import org.tenon.tck.device.contract.NegotiationTests;
import org.tenon.tck.device.contract.ResetTests;
import org.tenon.tck.device.hardware.VirtualHardwareTests;
import org.tenon.tck.device.trial.DeviceSubject;

/**
 * Every test of a PCI function. A partner extends it in a test of its own:
 *
 * <pre>{@code
 * class AcceleratorTest extends DeviceDriverContract {
 *   @Override protected DeviceSubject subject() {
 *     return DeviceSubject.of(new AcceleratorFactory(), Map.of());
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class DeviceDriverContract {
  /** For partners. */
  protected DeviceDriverContract() {}

  /** The driver under test. Called once for each test. */
  protected abstract DeviceSubject subject();

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

  /** What is taken from an offer. */
  @Nested
  class Negotiation extends NegotiationTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }

  /** Loads and stores behind the BARs. */
  @Nested
  class Access extends AccessTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }

  /** Guest memory, with the guest's leave. */
  @Nested
  class Dma extends DmaTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }

  /** Function resets. */
  @Nested
  class Reset extends ResetTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }

  /** From open to close. */
  @Nested
  class LifeCycle extends LifeCycleTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }

  /** State that moves to another host. */
  @Nested
  class Movement extends MovementTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }

  /** The same function behind virtual hardware. */
  @Nested
  class VirtualHardware extends VirtualHardwareTests {
    @Override
    protected DeviceSubject subject() {
      return DeviceDriverContract.this.subject();
    }
  }
}
