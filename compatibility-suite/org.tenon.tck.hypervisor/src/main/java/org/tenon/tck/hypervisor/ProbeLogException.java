package org.tenon.tck.hypervisor;

import org.tenon.api.Stability;

/** A serial log without a whole report; the message says where it breaks off, in one line. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class ProbeLogException extends Exception {
  private static final long serialVersionUID = 1L;

  ProbeLogException(String message) {
    super(message);
  }
}
