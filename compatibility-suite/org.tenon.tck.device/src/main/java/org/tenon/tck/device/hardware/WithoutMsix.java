package org.tenon.tck.device.hardware;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tenon.api.Identifier;
import org.tenon.api.VersionRange;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DeviceOffer;

/** The driver under test on a host that has no MSI-X. */
final class WithoutMsix implements DeviceDriverFactory {
  private final DeviceDriverFactory factory;

  WithoutMsix(DeviceDriverFactory factory) {
    this.factory = factory;
  }

  @Override
  public Identifier id() {
    return factory.id();
  }

  @Override
  public VersionRange spi() {
    return factory.spi();
  }

  @Override
  public List<ConfigKey> configKeys() {
    return factory.configKeys();
  }

  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) throws DriverException {
    Set<Capability> less = new TreeSet<>(offer.capabilities());
    less.remove(DeviceCapabilities.MSIX);
    return factory.negotiate(
        DeviceOffer.of(less, offer.maxVectors(), offer.maxLeases(), offer.maxBarBytes()));
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost host)
      throws DriverException {
    return factory.open(agreement, config, host);
  }
}
