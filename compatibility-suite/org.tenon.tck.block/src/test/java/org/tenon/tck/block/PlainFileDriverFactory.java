package org.tenon.tck.block;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

/** Opens {@link PlainFileDriver}s. */
public final class PlainFileDriverFactory implements BlockDriverFactory {
  /** How a driver is opened, so that a test can open one with a defect. */
  @FunctionalInterface
  interface Opening {
    BlockDriver open(Path path, BlockAgreement agreement, BlockHost host) throws IOException;
  }

  private final Opening opening;

  public PlainFileDriverFactory() {
    this(PlainFileDriver::new);
  }

  PlainFileDriverFactory(Opening opening) {
    this.opening = opening;
  }

  @Override
  public Identifier id() {
    return new Identifier("plain-file");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.compatibleWith(new Version(1, 0, 0));
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of(ConfigKey.required("path", ConfigKey.Type.PATH, "the image"));
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer.accept().take(BlockCapabilities.WRITE_ZEROES).build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
      throws DriverException {
    Path path = config.path("path");
    try {
      return opening.open(path, agreement, host);
    } catch (IOException e) {
      throw new DriverException(Status.NOT_READY, path + " cannot be opened: check the path", e);
    }
  }
}
