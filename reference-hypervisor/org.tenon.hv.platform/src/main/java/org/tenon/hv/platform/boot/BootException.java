package org.tenon.hv.platform.boot;

/**
 * A kernel or initial RAM disk that cannot be started. The message is for the user: what, where,
 * how to mend it.
 */
public final class BootException extends Exception {
  private static final long serialVersionUID = 1;

  /** With what is wrong. */
  public BootException(String message) {
    super(message);
  }
}
