package org.tenon.kit.testing.guest;

import org.tenon.api.Stability;

/**
 * A booted guest that stands still between two works: neither its instructions nor its time go on,
 * while the drivers behind its devices stay open. For one thread at a time.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Guest extends AutoCloseable {
  /**
   * Runs the guest until the work has ended.
   *
   * @throws GuestLost if the guest ends, or the work's time is over, before; the guest is of no use
   *     then
   */
  GuestOutput perform(GuestWork work) throws GuestLost;

  /** Ends the guest, as if its power were cut, and closes its drivers. */
  @Override
  void close();
}
