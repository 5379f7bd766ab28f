package org.tenon.tck.device.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.DeviceEvent;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.HostileGuest;

/** From open to close, with the pauses between. */
public abstract class LifeCycleTests extends DeviceTests {
  /** For the contract. */
  protected LifeCycleTests() {}

  @Test
  @Clause({"DRV-006", "DRV-007"})
  void answersInEveryState() throws DriverException {
    DeviceHarness device = trial().openOnly();
    String migration = essence(device.migration());
    trial().evidence().note("migration", migration);
    List<Runnable> steps =
        List.of(
            device::quiesce,
            device::resume,
            device::reset,
            () -> trial().guest(device).poke(20),
            device::quiesce);
    device.health();
    device.start();
    for (Runnable step : steps) {
      device.health();
      trial().expectSame("migration", migration, essence(device.migration()));
      step.run();
    }
    device.health();
  }

  private static String essence(Migration migration) {
    return migration instanceof Migration.Stateful stateful
        ? "Stateful " + stateful.kind() + " " + stateful.version()
        : migration.toString();
  }

  @Test
  @Clause("DRV-008")
  void closeInEveryState() {
    trial().openOnly().close();
    trial().open().close();
    DeviceHarness resting = trial().open();
    resting.quiesce();
    resting.close();
    DeviceHarness reset = trial().open();
    reset.reset();
    reset.close();
  }

  @Test
  @Clause({"DRV-009", "DEV-018"})
  void nothingIsLeftAfterClose() {
    for (int round = 0; round < 8; round++) {
      DeviceHarness device = trial().open();
      device.setBusMaster(true);
      trial().guest(device).poke(40 + 20 * round);
      device.close();
    }
  }

  @Test
  @Clause("DEV-019")
  void theGuestIsLeftAloneUntilStart() throws DriverException {
    DeviceHarness device = trial().openOnly();
    device.setBusMaster(true);
    device.setMessages(true);
    device.start();
    List<DeviceEvent> early = device.takeEvents();
    device.close();
    trial().expectSame("what is done to a guest that has done nothing", List.of(), early);
  }

  /** The checking host holds whatever touches the guest at rest against the driver. */
  @Test
  @Clause({"DEV-024", "DRV-010"})
  void restIsRest() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    for (int round = 0; round < 10; round++) {
      device.setBusMaster(true);
      device.setMessages(true);
      guest.poke(40);
      device.quiesce();
      device.takeEvents();
      device.health();
      List<DeviceEvent> atRest = device.takeEvents();
      trial().expectSame("what happens at rest", List.of(), atRest);
      device.resume();
    }
  }

  @Test
  @Clause({"DEV-025", "DRV-011"})
  void aPauseChangesNoRegister() {
    DeviceHarness device = trial().open();
    HostileGuest guest = trial().guest(device);
    device.setBusMaster(true);
    for (int round = 0; round < 6; round++) {
      guest.poke(60);
      List<Long> before = guest.sweep();
      device.quiesce();
      device.resume();
      trial().expectSame("the sweep after a pause", before, guest.sweep());
    }
    device.advance(Duration.ofSeconds(1));
  }

  @Test
  @Clause("DRV-014")
  void oddSettingsOpenOrAreRefusedInOneLine() {
    for (ConfigKey key : subject().factory().configKeys()) {
      for (String value : oddValues(key.type())) {
        Map<String, String> settings = new HashMap<>(subject().settings());
        settings.put(key.name(), value);
        try {
          trial().adopt(trial().harness().settings(settings).open()).close();
        } catch (DriverException e) {
          String reason = e.getMessage();
          if (reason == null || reason.isBlank() || reason.lines().count() != 1) {
            throw trial().violation("a reason in one line", "it said: " + reason, e);
          }
        }
      }
    }
  }

  private static List<String> oddValues(ConfigKey.Type type) {
    return switch (type) {
      case TEXT -> List.of("", "\u0000", "x".repeat(70_000), "\ud83d\ude00");
      case PATH -> List.of("/nowhere/at/all", "/");
      case INTEGER -> List.of("0", "-1", "2147483648");
      case SIZE -> List.of("0", "1", "1T");
      case FLAG -> List.of("true", "false");
    };
  }

  @Test
  @Requires(SECRET_SETTING)
  @Clause("DRV-015")
  void secretsAreKept() {
    Map<String, String> settings = new HashMap<>(subject().settings());
    List<String> secret = new ArrayList<>();
    for (ConfigKey key : subject().factory().configKeys()) {
      if (key.secret()) {
        settings.put(key.name(), "tenon-secret-" + Math.abs(trial().random().nextLong()));
        secret.add(key.name());
      }
    }
    try {
      // The checking host looks for the secrets in all that the driver says.
      DeviceHarness device = trial().adopt(trial().harness().settings(settings).open());
      trial().guest(device).poke(50);
      device.health();
    } catch (DriverException e) {
      trial().evidence().note("secret settings", secret + ": an unfit secret is refused");
    }
  }
}
