package org.tenon.tck.device.contract;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.DeviceEvent;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.device.ResetLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.HostileGuest;

/** Function resets. */
public abstract class ResetTests extends DeviceTests {
  private static final int ROUNDS = 12;
  private static final int LEVEL_FROM_THE_FUTURE = 99;

  /** For the contract. */
  protected ResetTests() {}

  @Test
  @Clause("DEV-020")
  void registersAreAsAfterStart() {
    expectAsNewAfter(device -> device.functionReset(ResetLevel.FUNCTION));
    expectAsNewAfter(device -> device.functionReset(ResetLevel.BUS));
    expectAsNewAfter(device -> device.functionReset(ResetLevel.POWER));
  }

  @Test
  @Clause("DEV-022")
  void anUnknownLevelIsPower() {
    expectAsNewAfter(device -> device.functionReset(LEVEL_FROM_THE_FUTURE));
  }

  @Test
  @Clause({"DEV-023", "DRV-012"})
  void anOperatorsResetIsPower() {
    expectAsNewAfter(DeviceHarness::reset);
  }

  private interface Reset {
    void of(DeviceHarness device);
  }

  private void expectAsNewAfter(Reset reset) {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    List<Long> asNew = guest.sweep();
    device.setBusMaster(true);
    device.setMessages(true);
    guest.poke(300);
    reset.of(device);
    trial().expectSame("the sweep after the reset", asNew, guest.sweep());
  }

  @Test
  @Clause("DEV-029")
  void pulledOutItLeavesNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      DeviceHarness device = trial().open();
      device.setBusMaster(true);
      device.setMessages(true);
      trial().guest(device).poke(20 + 10 * round);
      device.pullOut();
      if (!device.faults().isEmpty()) {
        throw trial().violation("a function that lets go", "it did " + device.faults());
      }
    }
  }

  @Test
  @Clause("DEV-021")
  void nothingOfBeforeShows() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    for (int round = 0; round < ROUNDS; round++) {
      device.setBusMaster(true);
      device.setMessages(true);
      guest.poke(60);
      device.functionReset(ResetLevel.FUNCTION);
      device.takeEvents();
      device.setBusMaster(true);
      device.setMessages(true);
      device.advance(Duration.ofHours(2));
      List<DeviceEvent> late = device.takeEvents();
      if (!late.isEmpty() || device.pin()) {
        throw trial().violation("nothing until the guest touches the function", "it did " + late);
      }
    }
  }
}
