package org.tenon.kit.testing.virtio;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.pci.PciMachine;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicDriverFactory;

/**
 * A hypervisor that can plug a virtio-net card with a NIC driver behind it into a machine: the door
 * through which the driver is certified together with it. A hypervisor provides one as a service,
 * which {@link ServiceLoader} finds; the kit and the suite know nothing else of it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface VirtioNicHost {
  /** What the hypervisor is called, for reports. */
  String name();

  /**
   * Offers everything to the driver, opens and starts it, and plugs a fresh card into a fresh
   * machine. Closing the machine closes the driver.
   *
   * @param settings what the user has set for the driver
   * @param queuePairs how many pairs of queues the driver is offered, from 1
   * @param deadlines how long to wait for the driver
   * @param faults hears of every clause that the hypervisor saw the driver break, on any thread
   * @throws DriverException if the driver refuses, or the settings do not fit
   */
  PciMachine plug(
      NicDriverFactory factory,
      Map<String, String> settings,
      int queuePairs,
      Deadlines deadlines,
      Consumer<Fault> faults)
      throws DriverException;
}
