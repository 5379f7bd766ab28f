package org.tenon.tck.block.guest;

import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;

/** Linux with the driver as an NVMe disk. */
public abstract class NvmeGuestTests extends GuestTests {
  private static final int STORMS = 4;
  private static final int RESETS = 12;

  /** For the contract. */
  protected NvmeGuestTests() {
    super(GuestDisk.Model.NVME);
  }

  @Test
  @Clause({"BLK-077", "BLK-085"})
  void linuxFindsTheNvmeDisk() {
    inLinux(DiskChecks::isFound);
  }

  @Test
  @Clause({"BLK-078", "BLK-085"})
  void ext4OnTheNvmeDisk() {
    inLinux(DiskChecks::keepsFiles);
  }

  @Test
  @Clause({"BLK-079", "BLK-085"})
  void manyWriteToTheNvmeDisk() {
    inLinux(DiskChecks::keepsWhatManyWrite);
  }

  @Test
  @Clause({"BLK-080", "BLK-085"})
  void flushedWritesOfTheNvmeDisk() {
    inLinux(DiskChecks::keepsWhatWasFlushed);
  }

  @Test
  @Requires("discard")
  @Clause({"BLK-081", "BLK-085"})
  void discardOnTheNvmeDisk() {
    inLinux(DiskChecks::givesSpaceBack);
  }

  @Test
  @Clause({"BLK-081", "BLK-085"})
  void zeroesOnTheNvmeDisk() {
    inLinux(DiskChecks::zeroesItsBlocks);
  }

  @Test
  @Requires(Trait.READ_ONLY_SETTING)
  @Clause({"BLK-082", "BLK-085"})
  void readOnlyNvmeDisk() {
    inLinux(DiskChecks::isReadOnly);
  }

  @Test
  @Clause({"BLK-083", "BLK-085"})
  void driverStormOnTheNvmeDisk() {
    inLinux(checks -> checks.outlivesItsDriver(STORMS));
  }

  @Test
  @Clause({"BLK-084", "BLK-085"})
  void removalOfTheNvmeDisk() {
    inLinux(checks -> checks.outlivesRemoval(STORMS));
  }

  @Test
  @Clause({"BLK-083", "BLK-085"})
  void controllerResetsOfTheNvmeDisk() {
    inLinux(checks -> checks.outlivesResets(RESETS));
  }

  @Test
  @Clause({"BLK-086", "BLK-085"})
  void logsOfTheNvmeDisk() {
    inLinux(DiskChecks::tellsItsLogs);
  }

  @Test
  @Clause({"BLK-084", "BLK-085"})
  void pulledOutNvmeDisk() {
    inLinux(DiskChecks::outlivesBeingPulled);
  }
}
