package org.tenon.hv.machine;

import org.tenon.spi.Config;
import org.tenon.spi.device.DeviceDriverFactory;

/**
 * A partner's own PCI function to plug in.
 *
 * @param driver what it is
 * @param settings the driver's, read against its keys
 */
public record DeviceConfig(DeviceDriverFactory driver, Config settings) {}
