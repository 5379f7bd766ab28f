package org.tenon.samples.nictap.ffi;

import java.io.IOException;

/** A system call that failed while an interface was opened or set. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient int error;

  /**
   * A failure.
   *
   * @param step what was done, such as {@code TUNSETIFF}
   * @param error the errno
   */
  SystemCallException(String step, int error) {
    super(LibC.strerror(error) + " (" + step + ")");
    this.error = error;
  }

  /** Whether the caller may not do this. */
  public boolean saysNotAllowed() {
    return error == LibC.EPERM || error == LibC.EACCES;
  }

  /** Whether a file is not there. */
  public boolean saysNotFound() {
    return error == LibC.ENOENT || error == LibC.ENODEV;
  }

  /** Whether somebody else has it. */
  public boolean saysBusy() {
    return error == LibC.EBUSY;
  }

  /** Whether the kernel takes this for nonsense. */
  public boolean saysInvalid() {
    return error == LibC.EINVAL;
  }
}
