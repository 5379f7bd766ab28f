package org.tenon.tck.block.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.Capability;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.BlockTrial;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;

/** A size that changes while the device is open. */
public abstract class ResizeTests extends BlockTests {
  /** A driver may look for a new size as seldom as this, in its host's time. */
  private static final Duration LOOKS_AGAIN = Duration.ofMinutes(5);

  private static final Duration STEP = Duration.ofSeconds(1);

  /** For the contract. */
  protected ResizeTests() {}

  @Test
  @Requires("resize")
  @Clause("BLK-063")
  void growthShowsAndCanBeWritten() throws IOException {
    Scratch scratch = trial().scratch();
    VirtualClock clock = new VirtualClock();
    Device device = trial().open(trial().harness(scratch.direct()).clock(clock));
    BlockGeometry before = device.geometry();
    scratch.resize(BlockTrial.SCRATCH_BYTES * 2);
    // A driver may learn of the size in its own time, or while it serves.
    for (Duration waited = Duration.ZERO;
        device.geometry().equals(before) && waited.compareTo(LOOKS_AGAIN) < 0;
        waited = waited.plus(STEP)) {
      clock.advance(STEP);
      device.read(0, 1);
    }
    BlockGeometry now = device.geometry();
    if (now.blocks() == before.blocks()) {
      // Whether a driver reports a change is its own affair; what it reports must hold.
      trial()
          .evidence()
          .note("resize", "a growth of the storage was not reported within " + LOOKS_AGAIN);
      return;
    }
    byte[] data = device.data(trial().random(), 8);
    device.write(now.blocks() - 8, data);
    device.expectData(now.blocks() - 8, data);
  }

  @Test
  @Clause("BLK-064")
  void withoutResizeTheSizeStays() throws IOException {
    Set<Capability> offered = new TreeSet<>(BlockCapabilities.ALL);
    offered.remove(BlockCapabilities.RESIZE);
    Scratch scratch = trial().scratch();
    VirtualClock clock = new VirtualClock();
    Device device =
        trial()
            .open(
                trial()
                    .harness(scratch.direct())
                    .clock(clock)
                    .offer(BlockOffer.of(offered, 4, 64)));
    BlockGeometry before = device.geometry();
    scratch.resize(BlockTrial.SCRATCH_BYTES * 2);
    for (int i = 0; i < 60; i++) {
      clock.advance(STEP);
      device.read(0, 1);
    }
    if (!device.geometry().equals(before)) {
      throw trial().violation("a size that stays " + before, "it is now " + device.geometry());
    }
  }
}
