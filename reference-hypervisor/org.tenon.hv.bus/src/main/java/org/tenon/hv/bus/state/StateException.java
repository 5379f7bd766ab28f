package org.tenon.hv.bus.state;

/**
 * State that cannot be saved, or not be restored: truncated, of another version, of another device,
 * with bytes left over, or with impossible values.
 */
public final class StateException extends Exception {
  private static final long serialVersionUID = 1;

  /** With what is wrong. */
  public StateException(String message) {
    super(message);
  }

  /** With what is wrong and why. */
  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
