package org.tenon.hv.attach;

/** Why a driver could not be attached. The message is one line: what, where, how to mend. */
public final class AttachException extends Exception {
  private static final long serialVersionUID = 1L;

  AttachException(String message, Throwable cause) {
    super(message, cause);
  }

  AttachException(String message) {
    super(message);
  }
}
