package org.tenon.kit.testing.guest;

import org.tenon.api.Stability;
import org.tenon.spi.DriverException;

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

  /**
   * Plugs a further device in, as into a hot-plug slot; the guest notices when it runs. Between two
   * works, or at a mark.
   *
   * @throws DriverException if its driver refuses, or the settings do not fit
   * @throws GuestUnavailable if the hypervisor cannot make such a device
   */
  void plug(Peripheral peripheral) throws DriverException, GuestUnavailable;

  /**
   * Pulls out a device that {@link #plug} has plugged in, whatever the guest does with it, and
   * closes its driver. Between two works, or at a mark.
   *
   * @throws IllegalArgumentException if no such device is in a hot-plug slot
   */
  void yank(String name);

  /** Ends the guest, as if its power were cut, and closes its drivers. */
  @Override
  void close();
}
