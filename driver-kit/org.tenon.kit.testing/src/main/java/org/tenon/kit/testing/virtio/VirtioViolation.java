package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/** The device did what VIRTIO 1.2 does not allow; the message names the section. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  VirtioViolation(String section, String what) {
    super("VIRTIO 1.2 section " + section + ": " + what);
  }
}
