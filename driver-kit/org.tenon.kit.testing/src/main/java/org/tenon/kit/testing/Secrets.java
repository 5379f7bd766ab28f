package org.tenon.kit.testing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.ConfigKey;

/** The values that a driver must not tell. */
final class Secrets {
  private final Map<String, String> values;
  private final FaultLog faults;

  private Secrets(Map<String, String> values, FaultLog faults) {
    this.values = values;
    this.faults = faults;
  }

  static Secrets of(List<ConfigKey> keys, Map<String, String> settings, FaultLog faults) {
    Map<String, String> values = new TreeMap<>();
    for (ConfigKey key : keys) {
      String value = settings.get(key.name());
      if (key.secret() && value != null && !value.isEmpty()) {
        values.put(key.name(), value);
      }
    }
    return new Secrets(values, faults);
  }

  /** Reports a text of the driver's that holds a secret. */
  void check(String what, @Nullable String text) {
    values.forEach((name, value) -> {
      if (Objects.requireNonNullElse(text, "").contains(value)) {
        faults.report(
            DriverClauses.SECRETS_KEPT,
            FaultLog.TOLD_SECRET,
            what + " holds the value of the secret setting '" + name + "'");
      }
    });
  }
}
