package org.tenon.spi.net.vswitch;

import org.tenon.api.Stability;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.DriverFactory;

/** Where an extension of the virtual switch begins. Provided as a service of its module. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface SwitchExtensionFactory extends DriverFactory {
  /**
   * Opens the extension for one switch. On failure nothing stays open.
   *
   * @param config the user's settings, checked against {@link #configKeys()}
   * @param host what surrounds the extension
   * @return the extension, in OPENED
   * @throws DriverException if the settings make no sense together
   */
  SwitchExtension open(Config config, SwitchHost host) throws DriverException;
}
