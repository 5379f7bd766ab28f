package org.tenon.samples.pcihello;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
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
public final class HelloDriverFactory implements DeviceDriverFactory {
  private static final Identifier ID = new Identifier("pci-hello");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));
  private static final String GREETING = "greeting";
  private static final int MOST_BYTES = 1024;

  /** Does nothing: opening is for {@link #open}. */
  public HelloDriverFactory() {}

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
    return List.of(
        ConfigKey.optional(
            GREETING,
            ConfigKey.Type.TEXT,
            "Hello from Tenon",
            "what the doorbell writes into guest memory, at most " + MOST_BYTES + " bytes"));
  }

  /** Without leave to write into guest memory there is nothing that this function could do. */
  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) throws DriverException {
    if (!offer.offers(DeviceCapabilities.BUS_MASTER)) {
      throw new DriverException(
          Status.UNSUPPORTED,
          "pci-hello writes into guest memory; use a host that offers "
              + DeviceCapabilities.BUS_MASTER);
    }
    return offer
        .accept()
        .take(
            offer.offers(DeviceCapabilities.MSIX)
                ? DeviceCapabilities.MSIX
                : DeviceCapabilities.MSI,
            DeviceCapabilities.INTX,
            DeviceCapabilities.BUS_MASTER,
            DeviceCapabilities.FUNCTION_RESET)
        .vectors(1)
        .build();
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost host)
      throws DriverException {
    byte[] greeting = config.text(GREETING).getBytes(StandardCharsets.UTF_8);
    if (greeting.length == 0 || greeting.length > MOST_BYTES) {
      throw new DriverException(
          Status.INVALID,
          "%s has %d bytes; give it 1 to %d".formatted(GREETING, greeting.length, MOST_BYTES));
    }
    return new HelloDriver(agreement, greeting, host);
  }
}
