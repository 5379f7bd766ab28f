package org.tenon.samples.e1000;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
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

/** Where the function begins. Keeps no state; any thread may call it at any time. */
public final class E1000DriverFactory implements DeviceDriverFactory {
  private static final Identifier ID = new Identifier("e1000");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));

  /** Does nothing: opening is for {@link #open}. */
  public E1000DriverFactory() {}

  @Override
  public Identifier id() {
    return ID;
  }

  @Override
  public VersionRange spi() {
    return SPI;
  }

  @Override
  public List<ConfigKey> configKeys() {
    return E1000Settings.KEYS;
  }

  /** The chip masters the bus and interrupts by its pin; its memory BAR has 128 KiB. */
  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) throws DriverException {
    for (Capability needed : List.of(DeviceCapabilities.BUS_MASTER, DeviceCapabilities.INTX)) {
      if (!offer.offers(needed)) {
        throw new DriverException(
            Status.UNSUPPORTED, "an e1000 needs a host that offers " + needed);
      }
    }
    if (offer.maxBarBytes() < E1000Driver.MEMORY_BYTES) {
      throw new DriverException(
          Status.UNSUPPORTED,
          "an e1000 needs a BAR of %d bytes; this host offers %d"
              .formatted(E1000Driver.MEMORY_BYTES, offer.maxBarBytes()));
    }
    return offer
        .accept()
        .take(
            DeviceCapabilities.INTX,
            DeviceCapabilities.BUS_MASTER,
            DeviceCapabilities.FUNCTION_RESET)
        .build();
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost host)
      throws DriverException {
    E1000Settings settings = E1000Settings.read(config);
    return new E1000Driver(settings.address(), end(settings), host);
  }

  private static @Nullable WireEnd end(E1000Settings settings) throws DriverException {
    try {
      if (settings.listen().isPresent()) {
        return WireEnd.listening(settings.listen().get());
      }
      return settings.connect().map(WireEnd::connecting).orElse(null);
    } catch (IOException e) {
      throw new DriverException(
          Status.INVALID,
          "cannot listen at %s: %s; name a socket that is not there yet"
              .formatted(settings.listen().orElseThrow(), e.getMessage()),
          e);
    }
  }
}
