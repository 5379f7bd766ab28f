package org.tenon.tck.device.contract;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.DeviceEvent;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.ResetLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.HostileGuest;

/** Loads and stores behind the BARs. */
public abstract class AccessTests extends DeviceTests {
  /** For the contract. */
  protected AccessTests() {}

  /** The checking host sees what throws, blocks, or dies on a thread. */
  @Test
  @Clause({"DEV-010", "DEV-011", "DRV-017"})
  void nothingThatAGuestDoesThrows() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    for (int round = 0; round < 8; round++) {
      device.setBusMaster(round % 2 == 0);
      device.setMessages(round % 4 == 0);
      guest.poke(250);
      device.functionReset(round % 3 + 1);
    }
  }

  @Test
  @Clause({"DEV-010", "DRV-013"})
  void edgesOfEveryBar() {
    DeviceHarness device = trial().open();
    RandomGenerator random = trial().random();
    for (PciBar bar : device.function().bars()) {
      int size = HostileGuest.size(random, bar);
      for (long at : new long[] {0, bar.size() / 2, bar.size() - size}) {
        for (long value : new long[] {0, 1, 0x80, 0xff}) {
          device.write(bar.index(), (int) at, size, value);
          device.read(bar.index(), (int) at, size);
        }
      }
    }
  }

  @Test
  @Clause("DEV-012")
  void readsChangeNothingTwice() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    guest.poke(100);
    List<Long> first = guest.sweep();
    trial().expectSame("a second sweep", first, guest.sweep());
  }

  @Test
  @Clause({"DEV-007", "DRV-020"})
  void twoFunctionsShareNothing() {
    DeviceHarness quiet = trial().open();
    List<Long> before = trial().guest(quiet).sweep();
    DeviceHarness busy = trial().open();
    busy.setBusMaster(true);
    trial().guest(busy).poke(300);
    trial().expectSame("the other function's sweep", before, trial().guest(quiet).sweep());
    List<DeviceEvent> stray = quiet.takeEvents();
    if (!stray.isEmpty()) {
      throw trial().violation("a guest that only read is left alone", "it got " + stray);
    }
  }

  @Test
  @Clause("DEV-028")
  void theSameGuestTheSameRun() {
    DeviceHarness first = trial().open();
    DeviceHarness second = trial().open();
    for (DeviceHarness device : List.of(first, second)) {
      device.setBusMaster(true);
      device.setMessages(true);
    }
    HostileGuest one = trial().guest(first);
    HostileGuest other = trial().guest(second);
    for (int round = 0; round < 10; round++) {
      trial().expectSame("what the guest reads", one.poke(100), other.poke(100));
      trial().expectSame("what the guest is done", first.takeEvents(), second.takeEvents());
    }
    if (!Arrays.equals(first.ram().snapshot(), second.ram().snapshot())) {
      throw trial().violation("the same guest memory", "it differs");
    }
    first.functionReset(ResetLevel.FUNCTION);
  }
}
