package org.tenon.samples.blockfile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.block.BlockGeometry;

/**
 * What the user has set, read once and in its own types.
 *
 * @param path the image
 * @param readOnly whether the image is opened for reading alone
 * @param blockSize the logical block, in bytes
 * @param newSize the size, in bytes, of an image that is made because there is none; 0 to make none
 * @param preallocate whether the whole image's space is reserved at open, and kept
 * @param threads worker threads for each queue
 * @param sizeCheck how often the file's size is looked at
 * @param serial the device's serial, if the user names one
 */
record FileSettings(
    Path path,
    boolean readOnly,
    int blockSize,
    long newSize,
    boolean preallocate,
    int threads,
    Duration sizeCheck,
    Optional<String> serial) {
  private static final String PATH = "path";
  private static final String READ_ONLY = "read-only";
  private static final String BLOCK_SIZE = "block-size";
  private static final String SIZE = "size";
  private static final String PREALLOCATE = "preallocate";
  private static final String THREADS = "threads";
  private static final String SIZE_CHECK = "size-check-ms";
  private static final String SERIAL = "serial";

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.required(PATH, ConfigKey.Type.PATH, "the raw image file"),
          ConfigKey.optional(READ_ONLY, ConfigKey.Type.FLAG, "false", "refuse every change"),
          ConfigKey.optional(
              BLOCK_SIZE,
              ConfigKey.Type.SIZE,
              "512",
              "logical block; more than 512 only on a disk that writes so much whole"),
          ConfigKey.optional(
              SIZE, ConfigKey.Type.SIZE, "make an image of this size if there is none"),
          ConfigKey.optional(
              PREALLOCATE,
              ConfigKey.Type.FLAG,
              "false",
              "reserve the whole image's space at open, so that no write meets a full disk"),
          ConfigKey.optional(
              THREADS, ConfigKey.Type.INTEGER, "2", "worker threads for each queue, 1 to 64"),
          ConfigKey.optional(
              SIZE_CHECK,
              ConfigKey.Type.INTEGER,
              "1000",
              "milliseconds between looks at the file's size"),
          ConfigKey.optional(
              SERIAL,
              ConfigKey.Type.TEXT,
              "the device's serial number; made from the path if not given"));

  static FileSettings read(Config config) throws ConfigException {
    long blockSize = config.size(BLOCK_SIZE);
    if (Long.bitCount(blockSize) != 1
        || blockSize < BlockGeometry.MIN_BLOCK_SIZE
        || blockSize > BlockGeometry.MAX_BLOCK_SIZE) {
      throw new ConfigException(
          "setting 'block-size' is " + blockSize + ": give a power of two from 512 to 64K");
    }
    long newSize = config.has(SIZE) ? config.size(SIZE) : 0;
    if (newSize % blockSize != 0 || newSize > Long.MAX_VALUE / BlockGeometry.MAX_BLOCK_SIZE) {
      throw new ConfigException(
          "setting 'size' is %d: give a multiple of the block size, %d, within 128 TiB"
              .formatted(newSize, blockSize));
    }
    Optional<String> serial = config.optionalText(SERIAL);
    if (serial.isPresent() && !serial.get().matches("[!-~]{1,20}")) {
      throw new ConfigException(
          "setting 'serial' is '%s': give 1 to 20 characters of printable ASCII without spaces"
              .formatted(serial.get()));
    }
    return new FileSettings(
        config.path(PATH),
        config.flag(READ_ONLY),
        (int) blockSize,
        newSize,
        config.flag(PREALLOCATE),
        config.integer(THREADS, 1, 64),
        Duration.ofMillis(config.integer(SIZE_CHECK, 10, 3_600_000)),
        serial);
  }
}
