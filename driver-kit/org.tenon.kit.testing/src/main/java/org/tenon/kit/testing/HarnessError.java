package org.tenon.kit.testing;

import org.tenon.api.Stability;

/**
 * A test that cannot go on, or has found faults: the message says what was expected of the driver
 * and what it did.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class HarnessError extends AssertionError {
  private static final long serialVersionUID = 1L;

  HarnessError(String message) {
    super(message);
  }

  HarnessError(String message, Throwable cause) {
    super(message, cause);
  }
}
