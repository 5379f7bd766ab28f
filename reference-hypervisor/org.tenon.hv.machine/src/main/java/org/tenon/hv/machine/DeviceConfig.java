package org.tenon.hv.machine;

import org.tenon.hv.attach.AttachListener;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.device.DeviceDriverFactory;

/**
 * A partner's own PCI function to plug in.
 *
 * @param driver what it is
 * @param settings the driver's, read against its keys
 * @param deadlines how long to wait for the driver, in the host's time
 * @param listener who wants to know what becomes of the driver
 */
public record DeviceConfig(
    DeviceDriverFactory driver, Config settings, Deadlines deadlines, AttachListener listener) {
  /** With the usual deadlines, nobody listening. */
  public DeviceConfig(DeviceDriverFactory driver, Config settings) {
    this(driver, settings, Deadlines.DEFAULT, AttachListener.NONE);
  }
}
