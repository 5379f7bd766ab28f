package org.tenon.hv.app.guest;

/**
 * A guest that cannot be put together. The message is one line for the user: what, where, how to
 * mend it.
 */
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1;

  /** With what is wrong. */
  public GuestException(String message) {
    super(message);
  }

  /** With what is wrong and why. */
  public GuestException(String message, Throwable cause) {
    super(message, cause);
  }
}
