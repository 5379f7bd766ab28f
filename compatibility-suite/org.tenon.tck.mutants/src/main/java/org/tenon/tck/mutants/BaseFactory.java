package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.Spi;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOffer;

/**
 * A correct driver over an image file, plain enough to be broken in one place. A mutant overrides
 * one method of this class, of {@link BaseDriver}, {@link BaseQueue} or {@link BaseStorage}; what
 * it does not override is correct.
 */
class BaseFactory implements BlockDriverFactory {
  /** The setting that holds the image. */
  static final String PATH = "path";

  /** The setting that forbids changes. */
  static final String READ_ONLY = "read-only";

  /** A secret setting, for the mutant that tells it. */
  static final String TOKEN = "token";

  private static final Set<StandardOpenOption> READING = Set.of(StandardOpenOption.READ);
  private static final Set<StandardOpenOption> WRITING =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

  @Override
  public Identifier id() {
    return new Identifier("mutant");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.compatibleWith(Spi.VERSION);
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of(
        ConfigKey.required(PATH, ConfigKey.Type.PATH, "the image file"),
        ConfigKey.optional(
            READ_ONLY, ConfigKey.Type.FLAG, "false", "whether the image is left as it is"),
        ConfigKey.optional(TOKEN, ConfigKey.Type.TEXT, "what opens the image").asSecret());
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) throws DriverException {
    return offer
        .accept()
        .take(
            BlockCapabilities.FLUSH,
            BlockCapabilities.FUA,
            BlockCapabilities.DISCARD,
            BlockCapabilities.WRITE_ZEROES)
        .queues(4)
        .queueDepth(64)
        .build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
      throws DriverException {
    Path path = image(config);
    boolean readOnly = config.flag(READ_ONLY);
    try {
      FileChannel channel = FileChannel.open(path, readOnly ? READING : WRITING);
      long size = channel.size();
      if (size == 0 || size % BaseStorage.BLOCK != 0) {
        channel.close();
        throw new DriverException(
            Status.INVALID,
            "%s has %d bytes: give an image of whole blocks of 512 bytes".formatted(path, size));
      }
      BaseStorage storage = newStorage(path, channel, agreement);
      return newDriver(
          new Opening(
              this, agreement, host, storage, size / BaseStorage.BLOCK, readOnly, serial(path)));
    } catch (IOException e) {
      throw new DriverException(Status.NOT_READY, "cannot open the image " + path + ": " + e, e);
    }
  }

  /** What a driver is made of. */
  record Opening(
      BaseFactory factory,
      BlockAgreement agreement,
      BlockHost host,
      BaseStorage storage,
      long blocks,
      boolean readOnly,
      String serial) {}

  Path image(Config config) {
    return config.path(PATH);
  }

  String serial(Path path) {
    return "%08x".formatted(path.toAbsolutePath().toString().hashCode());
  }

  BaseDriver newDriver(Opening opening) {
    return new BaseDriver(opening);
  }

  BaseStorage newStorage(Path image, FileChannel channel, BlockAgreement agreement)
      throws IOException {
    return new BaseStorage(channel, agreement);
  }

  BaseQueue newQueue(BaseDriver driver, int index) {
    return new BaseQueue(driver, index);
  }
}
