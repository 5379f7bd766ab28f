package org.tenon.tck.core;

import org.tenon.api.Stability;

/** The door through which a test reaches its subject. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public enum Tier {
  /** The SPI, called directly by the driver kit's host. */
  CONTRACT("contract"),
  /** A virtual device of the reference hypervisor, driven through its queues as a guest does. */
  VIRTUAL_HARDWARE("virtual hardware");

  private final String title;

  Tier(String title) {
    this.title = title;
  }

  /** Its name for people. */
  public String title() {
    return title;
  }
}
