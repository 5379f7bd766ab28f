package org.tenon.samples.blockfile;

import java.util.List;
import org.tenon.api.Identifier;
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
public final class FileBlockDriverFactory implements BlockDriverFactory {
  private static final Identifier ID = new Identifier("block-file");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));
  private static final int MOST_QUEUES = 4;
  private static final int MOST_REQUESTS = 1024;

  /** Does nothing: opening is for {@link #open}. */
  public FileBlockDriverFactory() {}

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
    return FileSettings.KEYS;
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
    FileSettings settings = FileSettings.read(config);
    ImageFile image = ImageFile.open(settings, host.log());
    try {
      return new FileBlockDriver(agreement, settings, image, host);
    } catch (DriverException e) {
      image.close();
      throw e;
    }
  }
}
