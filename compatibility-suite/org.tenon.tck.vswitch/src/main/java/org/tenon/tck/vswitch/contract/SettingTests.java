package org.tenon.tck.vswitch.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.vswitch.trial.SwitchTests;

/** What a user may set. */
public abstract class SettingTests extends SwitchTests {
  /** For the contract. */
  protected SettingTests() {}

  /** The switch has other ports than those that the settings name. */
  @Test
  @Clause("SWX-013")
  void aPortThatIsNotThereMakesNothingFail() {
    try {
      SwitchHarness lan = trial().adopt(trial().harness().openOnly());
      lan.addPort("somebody", false, 0);
      lan.addPort("else", false, 0);
      lan.start();
      trial().traffic().pass(lan, 100);
      trial().evidence().note("health without the ports that it names", lan.health().toString());
      trial().connect(lan);
      trial().traffic().pass(lan, 100);
    } catch (DriverException e) {
      checkReason(e);
    }
  }

  @Test
  @Clause("DRV-014")
  void oddSettingsOpenOrAreRefusedInOneLine() {
    for (ConfigKey key : subject().factory().configKeys()) {
      for (String value : oddValues(key.type())) {
        Map<String, String> settings = new HashMap<>(subject().settings());
        settings.put(key.name(), value);
        try {
          SwitchHarness lan = trial().adopt(trial().harness(settings).open());
          trial().connect(lan);
          trial().traffic().pass(lan, 10);
          lan.close();
        } catch (DriverException e) {
          checkReason(e);
        }
      }
    }
  }

  private void checkReason(DriverException refusal) {
    String reason = refusal.getMessage();
    if (reason == null || reason.isBlank() || reason.lines().count() != 1) {
      throw trial().violation("a reason in one line", "it said: " + reason, refusal);
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
      // The checking host looks for the secrets in all that the extension says.
      SwitchHarness lan = trial().adopt(trial().harness(settings).open());
      trial().connect(lan);
      trial().traffic().pass(lan, 50);
      lan.health();
    } catch (DriverException e) {
      trial().evidence().note("secret settings", secret + ": an unfit secret is refused");
    }
  }
}
