package org.tenon.samples.nicloopback;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffer;

/** Where the driver begins. Keeps no state; any thread may call it at any time. */
public final class LoopbackNicDriverFactory implements NicDriverFactory {
  private static final Identifier ID = new Identifier("nic-loopback");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));
  private static final int MOST_QUEUE_PAIRS = 8;
  private static final int MOST_FRAMES = 4096;

  /** Does nothing: opening is for {@link #open}. */
  public LoopbackNicDriverFactory() {}

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
    return LoopbackSettings.KEYS;
  }

  @Override
  public NicAgreement negotiate(NicOffer offer) {
    return offer
        .accept()
        .take(NicCapabilities.ALL.toArray(Capability[]::new))
        .queuePairs(MOST_QUEUE_PAIRS)
        .queueDepth(MOST_FRAMES)
        .build();
  }

  @Override
  public NicDriver open(NicAgreement agreement, Config config, NicHost host)
      throws DriverException {
    LoopbackSettings settings = LoopbackSettings.read(config);
    if (!settings.flap().isZero() && !agreement.has(NicCapabilities.LINK_STATE)) {
      throw new DriverException(
          Status.UNSUPPORTED,
          "this host does not follow a link that changes (link-state): leave out flap-ms");
    }
    return new LoopbackNicDriver(agreement, settings, host);
  }
}
