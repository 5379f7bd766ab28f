package org.tenon.tck.device.contract;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.ResetLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.HostileGuest;

/** Guest memory, with the guest's leave and without. */
public abstract class DmaTests extends DeviceTests {
  /** For the contract. */
  protected DmaTests() {}

  @Test
  @Requires("bus-master")
  @Clause("DEV-016")
  void refusedCopiesLeaveItServing() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    List<Long> asNew = guest.sweep();
    byte[] before = device.ram().snapshot();
    guest.poke(400);
    if (!Arrays.equals(before, device.ram().snapshot())) {
      throw trial().violation("memory as it was without bus mastering", "it has changed");
    }
    device.setBusMaster(true);
    writeFarAddresses(device);
    device.functionReset(ResetLevel.FUNCTION);
    trial().expectSame("the sweep after a reset", asNew, guest.sweep());
  }

  /** Addresses that are no RAM, everywhere an address may go. */
  private void writeFarAddresses(DeviceHarness device) {
    RandomGenerator random = trial().random();
    for (int i = 0; i < 400; i++) {
      for (PciBar bar : device.function().bars()) {
        int size = HostileGuest.size(random, bar);
        int offset = Math.min(HostileGuest.offset(random, bar), (int) bar.size() - size);
        long mask = size == 8 ? -1 : (1L << 8 * size) - 1;
        device.write(bar.index(), offset, size, (0xe000_0000L + random.nextInt(1 << 20)) & mask);
      }
    }
  }

  /** Leave is given and taken in the middle of everything. */
  @Test
  @Requires("bus-master")
  @Clause("DEV-017")
  void leasesMayEndAtAnyTime() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    for (int round = 0; round < 40; round++) {
      device.setBusMaster(true);
      guest.poke(30);
      device.setBusMaster(false);
      guest.poke(10);
    }
  }
}
