package org.tenon.tck.net;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.tenon.api.Stability;
import org.tenon.spi.DriverFactory;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.driver.LoadingTests;
import org.tenon.tck.net.contract.ChecksumTests;
import org.tenon.tck.net.contract.FilterTests;
import org.tenon.tck.net.contract.FrameTests;
import org.tenon.tck.net.contract.LifeCycleTests;
import org.tenon.tck.net.contract.LinkTests;
import org.tenon.tck.net.contract.NegotiationTests;
import org.tenon.tck.net.contract.OrderTests;
import org.tenon.tck.net.contract.RobustnessTests;
import org.tenon.tck.net.contract.SegmentationTests;
import org.tenon.tck.net.contract.StatisticsTests;
import org.tenon.tck.net.contract.SteeringTests;
import org.tenon.tck.net.contract.TagTests;
import org.tenon.tck.net.guest.LinuxGuestTests;
import org.tenon.tck.net.subject.NicSubject;
import org.tenon.tck.net.virtio.VirtualControlTests;
import org.tenon.tck.net.virtio.VirtualLifeTests;
import org.tenon.tck.net.virtio.VirtualTrafficTests;

/**
 * Every test of a NIC driver. A partner extends it in a test of its own:
 *
 * <pre>{@code
 * class CardDriverTest extends NicDriverContract {
 *   @Override protected NicSubject subject() {
 *     return NicSubject.of(new CardDriverFactory(), new LoopbackWiring(Map.of())).build();
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class NicDriverContract {
  /** For partners. */
  protected NicDriverContract() {}

  /** The driver under test. Called once for each test. */
  protected abstract NicSubject subject();

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
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Frames of every length and shape. */
  @Nested
  class Frames extends FrameTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** How frames and buffers are accepted and come back. */
  @Nested
  class Tags extends TagTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** The order of frames. */
  @Nested
  class Order extends OrderTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Which frames arrive. */
  @Nested
  class Filters extends FilterTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Checksums that are filled in, left alone and spoken of. */
  @Nested
  class Checksums extends ChecksumTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Frames that are cut, and frames that arrive joined. */
  @Nested
  class Segmentation extends SegmentationTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Which queue a frame arrives on. */
  @Nested
  class Steering extends SteeringTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** A link that goes up and down. */
  @Nested
  class Link extends LinkTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Whether the card counts truly. */
  @Nested
  class Statistics extends StatisticsTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** From open to close. */
  @Nested
  class LifeCycle extends LifeCycleTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Behind a virtio-net card: frames. */
  @Nested
  class VirtualTraffic extends VirtualTrafficTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Behind a virtio-net card: what its guest tells it. */
  @Nested
  class VirtualControl extends VirtualControlTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** Behind a virtio-net card whose guest is hostile, or in a hurry. */
  @Nested
  class VirtualLife extends VirtualLifeTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** In a real Linux. */
  @Nested
  class LinuxGuest extends LinuxGuestTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }

  /** L2: control calls in traffic, and frames that make no sense. */
  @Nested
  class Robustness extends RobustnessTests {
    @Override
    protected NicSubject subject() {
      return NicDriverContract.this.subject();
    }
  }
}
