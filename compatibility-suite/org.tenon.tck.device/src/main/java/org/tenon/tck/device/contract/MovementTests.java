package org.tenon.tck.device.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.tck.core.Clause;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.HostileGuest;

/** State that moves to another host. */
public abstract class MovementTests extends DeviceTests {
  private static final int STATES = 60;

  /** For the contract. */
  protected MovementTests() {}

  @Test
  @Clause({"DEV-026", "DRV-016"})
  void aRestoredFunctionReadsTheSame() throws IOException, DriverException {
    DeviceHarness first = trial().open();
    HostileGuest guest = trial().guest(first);
    first.setBusMaster(true);
    guest.poke(200);
    List<Long> before = guest.sweep();
    first.quiesce();
    switch (first.migration()) {
      case Migration.Refused refused -> {
        if (refused.reason().isBlank() || refused.reason().lines().count() != 1) {
          throw trial().violation("a reason in one line", "it says: " + refused.reason());
        }
      }
      case Migration.Stateless stateless -> {}
      case Migration.Stateful stateful -> {
        byte[] state = first.save();
        DeviceHarness second = trial().openOnly();
        second.setBusMaster(true);
        second.restore(stateful.version(), state);
        second.start();
        trial().expectSame("the other's sweep", before, trial().guest(second).sweep());
        first.resume();
        trial().expectSame("its own sweep", before, guest.sweep());
        second.advance(Duration.ofSeconds(1));
      }
    }
  }

  @Test
  @Clause({"DEV-027", "DRV-019"})
  void aDamagedStateIsRefusedCleanly() throws IOException {
    DeviceHarness first = trial().open();
    trial().guest(first).poke(100);
    first.quiesce();
    if (!(first.migration() instanceof Migration.Stateful stateful)) {
      return;
    }
    byte[] state = first.save();
    RandomGenerator random = trial().random();
    for (int i = 0; i < STATES; i++) {
      byte[] damaged = damage(state, random);
      DeviceHarness second = trial().openOnly();
      try {
        second.restore(stateful.version(), damaged);
        second.start();
        trial().guest(second).poke(20);
      } catch (DriverException | IOException refusal) {
        if (refusal.getMessage() == null || refusal.getMessage().isBlank()) {
          throw trial().violation("a refusal that says why", "it said nothing", refusal);
        }
      }
      second.close();
    }
  }

  /** Cut short, lengthened, or with bytes changed. */
  private static byte[] damage(byte[] state, RandomGenerator random) {
    byte[] damaged =
        switch (random.nextInt(3)) {
          case 0 -> Arrays.copyOf(state, random.nextInt(state.length + 1));
          case 1 -> Arrays.copyOf(state, state.length + 1 + random.nextInt(64));
          default -> state.clone();
        };
    for (int i = 0; i < 4 && damaged.length > 0; i++) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    return damaged;
  }
}
