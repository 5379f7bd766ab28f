package org.tenon.hv.bus.state;

import java.util.regex.Pattern;

/**
 * State that cannot be saved, or not be restored: truncated, of another version, of another device,
 * with bytes left over, or with impossible values.
 */
public final class StateException extends Exception {
  private static final long serialVersionUID = 1;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  /** With what is wrong. */
  public StateException(String message) {
    super(oneLine(message));
  }

  /** With what is wrong and why. */
  public StateException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** What a file holds may stand in the message. */
  private static String oneLine(String message) {
    return CONTROL.matcher(message).replaceAll("?");
  }
}
