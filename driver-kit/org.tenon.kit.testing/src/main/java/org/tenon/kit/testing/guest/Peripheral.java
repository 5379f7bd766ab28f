package org.tenon.kit.testing.guest;

import org.tenon.api.Stability;

/**
 * A device to plug into a guest, with a driver under test behind it: a {@link GuestDisk} or a
 * {@link GuestNic}. A hypervisor refuses a kind that it does not know.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Peripheral {
  /** What the test calls it. */
  String name();
}
