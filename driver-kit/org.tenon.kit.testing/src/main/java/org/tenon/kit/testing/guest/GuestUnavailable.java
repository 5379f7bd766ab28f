package org.tenon.kit.testing.guest;

import org.tenon.api.Stability;

/**
 * A host that cannot boot what was asked for. The message says what is missing and how to mend it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestUnavailable extends Exception {
  private static final long serialVersionUID = 1;

  /** With what is missing. */
  public GuestUnavailable(String message) {
    super(message);
  }

  /** With what is missing, and what showed it. */
  public GuestUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
