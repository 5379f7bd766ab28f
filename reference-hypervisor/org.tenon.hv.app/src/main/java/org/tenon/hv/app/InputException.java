package org.tenon.hv.app;

/** Wrong input. The message is one line: what, where, and how to mend. */
final class InputException extends Exception {
  private static final long serialVersionUID = 1L;

  InputException(String message) {
    super(message);
  }

  InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
