package org.tenon.kit.testing.guest;

import java.util.Optional;
import java.util.ServiceLoader;
import org.tenon.api.Stability;
import org.tenon.spi.DriverException;

/**
 * A hypervisor that can boot a real guest with drivers under test. A hypervisor provides one as a
 * service; the kit and the suite know nothing else of it. Callable by any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface GuestHost {
  /** What the hypervisor is called, for reports. */
  String name();

  /**
   * Opens the drivers, plugs their devices in, and boots until the guest waits for work.
   *
   * @throws DriverException if a driver refuses, or its settings do not fit
   * @throws GuestUnavailable if the host has no such kernel, or cannot make such a device
   * @throws GuestLost if the guest does not come up
   */
  Guest boot(GuestPlan plan) throws DriverException, GuestUnavailable, GuestLost;

  /** The one provided in this process, if there is one. */
  static Optional<GuestHost> find() {
    return ServiceLoader.load(GuestHost.class).findFirst();
  }
}
