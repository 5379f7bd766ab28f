package org.tenon.spi;

import org.tenon.api.Stability;
import org.tenon.api.Status;

/**
 * A setting that does not fit its {@link ConfigKey}. The message names the key and what would fit,
 * never a secret's value.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class ConfigException extends DriverException {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param message one line: which setting, what is wrong, what would fit
   */
  public ConfigException(String message) {
    super(Status.INVALID, message);
  }
}
