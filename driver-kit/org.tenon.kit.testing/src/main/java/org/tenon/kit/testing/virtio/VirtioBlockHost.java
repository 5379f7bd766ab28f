package org.tenon.kit.testing.virtio;

import java.util.Map;
import java.util.ServiceLoader;
import org.tenon.api.Stability;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * A hypervisor that can put a block driver behind a virtio-blk device: the door through which it is
 * certified together with the driver. A hypervisor provides one as a service; the kit and the suite
 * know nothing else of it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface VirtioBlockHost {
  /** What the hypervisor is called, for reports. */
  String name();

  /**
   * Negotiates with the driver, opens and starts it, and puts a fresh device in front of it, in a
   * fresh guest memory. Closing the transport closes the driver.
   *
   * @param settings what the user has set for the driver
   * @throws DriverException if the driver refuses, or the settings do not fit
   */
  VirtioTransport attach(
      BlockDriverFactory factory, Map<String, String> settings, VirtioBlockOptions options)
      throws DriverException;

  /**
   * The one provided in this process.
   *
   * @throws IllegalStateException if there is none, or more than one; the message says what to do
   */
  static VirtioBlockHost find() {
    var found = ServiceLoader.load(VirtioBlockHost.class).stream().toList();
    if (found.size() != 1) {
      throw new IllegalStateException(
          "exactly one hypervisor must provide %s, but %d do: put one on the class path or module path"
              .formatted(VirtioBlockHost.class.getName(), found.size()));
    }
    return found.getFirst().get();
  }
}
