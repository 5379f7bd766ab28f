package org.tenon.tck.block.guest;

import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;

/** Linux with the driver as a virtio-blk disk. */
public abstract class VirtioGuestTests extends GuestTests {
  private static final int STORMS = 4;

  /** For the contract. */
  protected VirtioGuestTests() {
    super(GuestDisk.Model.VIRTIO);
  }

  @Test
  @Clause({"BLK-077", "BLK-085"})
  void linuxFindsTheVirtioDisk() {
    inLinux(DiskChecks::isFound);
  }

  @Test
  @Clause({"BLK-078", "BLK-085"})
  void ext4OnTheVirtioDisk() {
    inLinux(DiskChecks::keepsFiles);
  }

  @Test
  @Clause({"BLK-079", "BLK-085"})
  void manyWriteToTheVirtioDisk() {
    inLinux(DiskChecks::keepsWhatManyWrite);
  }

  @Test
  @Clause({"BLK-080", "BLK-085"})
  void flushedWritesOfTheVirtioDisk() {
    inLinux(DiskChecks::keepsWhatWasFlushed);
  }

  @Test
  @Requires("discard")
  @Clause({"BLK-081", "BLK-085"})
  void discardOnTheVirtioDisk() {
    inLinux(DiskChecks::givesSpaceBack);
  }

  @Test
  @Clause({"BLK-081", "BLK-085"})
  void zeroesOnTheVirtioDisk() {
    inLinux(DiskChecks::zeroesItsBlocks);
  }

  @Test
  @Requires(Trait.READ_ONLY_SETTING)
  @Clause({"BLK-082", "BLK-085"})
  void readOnlyVirtioDisk() {
    inLinux(DiskChecks::isReadOnly);
  }

  @Test
  @Clause({"BLK-083", "BLK-085"})
  void driverStormOnTheVirtioDisk() {
    inLinux(checks -> checks.outlivesItsDriver(STORMS));
  }

  @Test
  @Clause({"BLK-084", "BLK-085"})
  void removalOfTheVirtioDisk() {
    inLinux(checks -> checks.outlivesRemoval(STORMS));
  }

  @Test
  @Clause({"BLK-084", "BLK-085"})
  void pulledOutVirtioDisk() {
    inLinux(DiskChecks::outlivesBeingPulled);
  }
}
