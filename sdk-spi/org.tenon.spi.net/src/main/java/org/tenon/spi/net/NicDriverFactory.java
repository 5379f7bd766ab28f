package org.tenon.spi.net;

import org.tenon.api.Stability;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.DriverFactory;

/** Where a NIC driver begins. Provided as a service of the driver's module. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicDriverFactory extends DriverFactory {
  /**
   * Takes from the offer what the driver will use. Pure: the same offer gives the same answer, and
   * nothing is opened.
   *
   * @return a subset of the offer, made with {@link NicOffer#accept()}
   * @throws DriverException if the driver cannot work with so little; the message says what it
   *     needs
   */
  NicAgreement negotiate(NicOffer offer) throws DriverException;

  /**
   * Opens the card. On failure nothing stays open.
   *
   * @param agreement what {@link #negotiate} answered; it holds for the driver's whole life
   * @param config the user's settings, checked against {@link #configKeys()}
   * @param host what surrounds the driver
   * @return the driver, in OPENED
   * @throws DriverException if the settings make no sense together or the card cannot be opened
   */
  NicDriver open(NicAgreement agreement, Config config, NicHost host) throws DriverException;
}
