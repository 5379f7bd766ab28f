package org.tenon.kit.testing.pci;

import java.util.Map;
import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceDriverFactory;

/**
 * A hypervisor that can plug in a partner's PCI function: the door through which it is certified
 * together with the driver. A hypervisor provides one as a service.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface PciDeviceHost {
  /** What the hypervisor is called, for reports. */
  String name();

  /**
   * Negotiates with the driver, opens and starts it, and plugs its function into a fresh board.
   * Closing the board closes the driver.
   *
   * @param settings what the user has set for the driver
   * @param deadlines how long to wait for it
   * @param faults is told what the driver does wrong; by any thread
   * @throws DriverException if the driver refuses, or the settings do not fit
   */
  PciBoard plug(
      DeviceDriverFactory factory,
      Map<String, String> settings,
      Deadlines deadlines,
      Consumer<Fault> faults)
      throws DriverException;
}
