package org.tenon.spi.device;

import org.tenon.api.Stability;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.DriverFactory;

/** Where the driver of a PCI function begins. Provided as a service of the driver's module. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface DeviceDriverFactory extends DriverFactory {
  /**
   * Takes from the offer what the function will have. Pure: the same offer gives the same answer,
   * and nothing is opened.
   *
   * @return a subset of the offer, made with {@link DeviceOffer#accept()}
   * @throws DriverException if the function cannot work with so little; the message says what it
   *     needs
   */
  DeviceAgreement negotiate(DeviceOffer offer) throws DriverException;

  /**
   * Makes the function, and opens what stands behind it. On failure nothing stays open. Called on
   * the device thread, before the guest runs.
   *
   * @param agreement what {@link #negotiate} answered; it holds for the driver's whole life
   * @param config the user's settings, checked against {@link #configKeys()}
   * @param host what surrounds the driver
   * @return the driver, in OPENED
   * @throws DriverException if the settings make no sense together or something cannot be opened
   */
  DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost host)
      throws DriverException;
}
