package org.tenon.tck.block.guest;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.guest.GuestShare;

/** A group of tests in a Linux guest that has the driver as a disk of one model. */
@InTier(Tier.GUEST)
@ExtendWith(GuestShare.class)
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class GuestTests extends BlockTests {
  private final GuestDisk.Model model;
  private GuestShare.@Nullable Keeper<LinuxDisk> keeper;

  GuestTests(GuestDisk.Model model) {
    this.model = model;
  }

  /** What a test does with its checks. */
  @FunctionalInterface
  interface Work {
    void with(DiskChecks checks);
  }

  @BeforeEach
  final void meet(GuestShare.Keeper<LinuxDisk> shared) {
    keeper = shared;
  }

  /** Does it in the shared guest, which serves the next test if this one passes. */
  final void inLinux(Work work) {
    GuestShare.Keeper<LinuxDisk> shared = keeper;
    if (shared == null) {
      throw new IllegalStateException("there is a guest only while a test runs");
    }
    LinuxDisk disk = shared.lend(() -> LinuxDisk.boot(trial(), model));
    DiskChecks checks = new DiskChecks(trial(), disk);
    work.with(checks);
    checks.end();
    shared.giveBack();
  }
}
