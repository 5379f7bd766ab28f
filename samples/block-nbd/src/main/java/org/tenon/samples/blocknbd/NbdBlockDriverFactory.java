package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOffer;

/** Where the driver begins. Keeps no state; any thread may call it at any time. */
public final class NbdBlockDriverFactory implements BlockDriverFactory {
  private static final Identifier ID = new Identifier("block-nbd");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));
  private static final int MOST_QUEUES = 4;
  private static final int MOST_REQUESTS = 256;

  /** Does nothing: connecting is for {@link #open}. */
  public NbdBlockDriverFactory() {}

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
    return NbdSettings.KEYS;
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer
        .accept()
        .take(
            BlockCapabilities.FLUSH,
            BlockCapabilities.FUA,
            BlockCapabilities.DISCARD,
            BlockCapabilities.WRITE_ZEROES,
            BlockCapabilities.RESIZE)
        .queues(MOST_QUEUES)
        .queueDepth(MOST_REQUESTS)
        .build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
      throws DriverException {
    NbdSettings settings = NbdSettings.read(config);
    SocketAddress address;
    try {
      address = settings.uri().resolve();
    } catch (IOException e) {
      throw new DriverException(
          Status.NOT_READY,
          "the host in " + settings.uri().text() + " has no address: mend 'uri'",
          e);
    }
    return new NbdBlockDriver(new Device(settings, agreement, host, address, identity(settings)));
  }

  private static @Nullable TlsIdentity identity(NbdSettings settings) throws DriverException {
    if (!settings.uri().tls()) {
      return null;
    }
    String host = settings.uri().host();
    return TlsIdentity.load(
        settings.tlsCertificates().orElseThrow(),
        settings.tlsHostname().orElse(host == null ? "localhost" : host));
  }
}
