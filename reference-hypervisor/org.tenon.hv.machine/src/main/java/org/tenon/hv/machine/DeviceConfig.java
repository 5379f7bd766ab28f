package org.tenon.hv.machine;

import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceOffer;

/**
 * A partner's own PCI function to plug in.
 *
 * @param driver what it is
 * @param offer what it is offered: {@link PartnerFunction#OFFER}, or less
 * @param settings the driver's, read against its keys
 * @param deadlines how long to wait for the driver, in the host's time
 * @param listener who wants to know what becomes of the driver
 */
public record DeviceConfig(
    DeviceDriverFactory driver,
    DeviceOffer offer,
    Config settings,
    Deadlines deadlines,
    AttachListener listener) {
  /** With the usual deadlines, nobody listening. */
  public DeviceConfig(DeviceDriverFactory driver, DeviceOffer offer, Config settings) {
    this(driver, offer, settings, Deadlines.DEFAULT, AttachListener.NONE);
  }

  /** The same, everything offered. */
  public DeviceConfig(DeviceDriverFactory driver, Config settings) {
    this(driver, PartnerFunction.OFFER, settings);
  }
}
