package org.tenon.kit.bench;

import org.tenon.api.Stability;

/**
 * A measurement that could not be made; the message says what the driver did, or what the plan must
 * change.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BenchException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what to do about it. */
  public BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
