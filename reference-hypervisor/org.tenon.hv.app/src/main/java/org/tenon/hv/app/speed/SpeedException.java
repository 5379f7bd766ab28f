package org.tenon.hv.app.speed;

/** Nothing can be measured. The message is one line for the user: what, where, how to mend it. */
public final class SpeedException extends Exception {
  private static final long serialVersionUID = 1;

  /** With what is wrong. */
  public SpeedException(String message) {
    super(message);
  }

  /** With what is wrong and why. */
  public SpeedException(String message, Throwable cause) {
    super(message, cause);
  }
}
