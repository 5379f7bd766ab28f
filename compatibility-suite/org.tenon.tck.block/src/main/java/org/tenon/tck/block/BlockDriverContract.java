package org.tenon.tck.block;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.tenon.api.Stability;
import org.tenon.spi.DriverFactory;
import org.tenon.tck.block.contract.CompletionTests;
import org.tenon.tck.block.contract.DataTests;
import org.tenon.tck.block.contract.FlushTests;
import org.tenon.tck.block.contract.GeometryTests;
import org.tenon.tck.block.contract.LatencyTests;
import org.tenon.tck.block.contract.LifeCycleTests;
import org.tenon.tck.block.contract.NegotiationTests;
import org.tenon.tck.block.contract.ReadOnlyTests;
import org.tenon.tck.block.contract.ResizeTests;
import org.tenon.tck.block.contract.RobustnessTests;
import org.tenon.tck.block.contract.SpaceTests;
import org.tenon.tck.block.durability.KillTests;
import org.tenon.tck.block.durability.PowerCutTests;
import org.tenon.tck.block.guest.NvmeGuestTests;
import org.tenon.tck.block.guest.VirtioGuestTests;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.virtio.VirtualHardwareTests;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.driver.LoadingTests;

/**
 * Every test of a block driver. A partner extends it in a test of its own:
 *
 * <pre>{@code
 * class ArrayDriverTest extends BlockDriverContract {
 *   @Override protected BlockSubject subject() {
 *     return BlockSubject.of(new ArrayDriverFactory(), new FileStorage("path", Map.of())).build();
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class BlockDriverContract {
  /** For partners. */
  protected BlockDriverContract() {}

  /** The driver under test. Called once for each test. */
  protected abstract BlockSubject subject();

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
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** Size, limits, names and queues. */
  @Nested
  class Geometry extends GeometryTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** Reads and writes. */
  @Nested
  class Data extends DataTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** How requests are accepted and completed. */
  @Nested
  class Completion extends CompletionTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** Flush and FUA. */
  @Nested
  class Flush extends FlushTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** Discard and write-zeroes. */
  @Nested
  class Space extends SpaceTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** A device that refuses every change. */
  @Nested
  class ReadOnly extends ReadOnlyTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** A size that changes. */
  @Nested
  class Resize extends ResizeTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** From open to close. */
  @Nested
  class LifeCycle extends LifeCycleTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** Measures for the report. */
  @Nested
  class Latency extends LatencyTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** L2: control calls during I/O, and a storage that fails. */
  @Nested
  class Robustness extends RobustnessTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** L2: kills of the process that runs the driver, and of the server behind it. */
  @Nested
  class Kills extends KillTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** L3: power cuts. */
  @Nested
  class PowerCuts extends PowerCutTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** The same driver behind a virtio-blk device. */
  @Nested
  class VirtualHardware extends VirtualHardwareTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** A real Linux with the driver as a virtio-blk disk. */
  @Nested
  class VirtioGuest extends VirtioGuestTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }

  /** A real Linux with the driver as an NVMe disk. */
  @Nested
  class NvmeGuest extends NvmeGuestTests {
    @Override
    protected BlockSubject subject() {
      return BlockDriverContract.this.subject();
    }
  }
}
