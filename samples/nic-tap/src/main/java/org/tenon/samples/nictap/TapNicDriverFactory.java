package org.tenon.samples.nictap;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.samples.nictap.ffi.TapInterface;
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
public final class TapNicDriverFactory implements NicDriverFactory {
  private static final Identifier ID = new Identifier("nic-tap");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));
  private static final int MOST_FRAMES = 4096;

  /** Does nothing: opening is for {@link #open}. */
  public TapNicDriverFactory() {}

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
    return TapSettings.KEYS;
  }

  /** All but steering: the kernel chooses the queue, by where the flow's own frames leave. */
  @Override
  public NicAgreement negotiate(NicOffer offer) {
    return offer
        .accept()
        .take(
            NicCapabilities.TRANSMIT_CHECKSUM,
            NicCapabilities.RECEIVE_CHECKSUM,
            NicCapabilities.TRANSMIT_TCP4,
            NicCapabilities.TRANSMIT_TCP6,
            NicCapabilities.RECEIVE_JOINED,
            NicCapabilities.SCATTERED_RECEIVE,
            NicCapabilities.ADDRESS_FILTER,
            NicCapabilities.VLAN_FILTER,
            NicCapabilities.LINK_STATE)
        .queuePairs(TapSettings.MOST_QUEUES)
        .queueDepth(MOST_FRAMES)
        .build();
  }

  @Override
  public NicDriver open(NicAgreement agreement, Config config, NicHost host)
      throws DriverException {
    TapSettings settings = TapSettings.read(config);
    TapInterface tap = new TapOpening(agreement, settings, host).open();
    try {
      return new TapNicDriver(agreement, settings, tap, host);
    } catch (DriverException e) {
      tap.close();
      throw e;
    }
  }
}
