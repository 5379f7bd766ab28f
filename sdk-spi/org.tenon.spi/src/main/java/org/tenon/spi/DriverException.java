package org.tenon.spi;

import org.tenon.api.Stability;

/**
 * Why a driver cannot be agreed with, opened or started, for the person who must mend it. The
 * message is one line: what, where, and how to mend; it never holds a secret.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public class DriverException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * A refusal.
   *
   * @param status a code of {@link org.tenon.api.Status}, other than OK
   * @param message one line: what, where, how to mend
   */
  public DriverException(int status, String message) {
    super(message);
    this.status = status;
  }

  /**
   * A refusal with its cause.
   *
   * @param status a code of {@link org.tenon.api.Status}, other than OK
   * @param message one line: what, where, how to mend
   * @param cause what the driver met
   */
  public DriverException(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The code of {@link org.tenon.api.Status}. */
  public int status() {
    return status;
  }
}
