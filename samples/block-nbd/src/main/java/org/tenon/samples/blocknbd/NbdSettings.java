package org.tenon.samples.blocknbd;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.block.BlockGeometry;

/**
 * What the user has set, read once and in its own types.
 *
 * @param uri where the export is
 * @param readOnly whether every change is refused, also where the server would allow it
 * @param blockSize the logical block, in bytes; 0 for the smallest that the server serves
 * @param connections the most connections
 * @param writeThrough whether a write completes only when it is durable
 * @param tlsCertificates the folder with ca-cert.pem and, for a client that the server knows,
 *     client-cert.pem and client-key.pem
 * @param tlsHostname the name that the server's certificate must bear, if it is not the host's
 * @param serial the device's serial, if the user names one
 */
record NbdSettings(
    NbdUri uri,
    boolean readOnly,
    int blockSize,
    int connections,
    boolean writeThrough,
    Optional<Path> tlsCertificates,
    Optional<String> tlsHostname,
    Optional<String> serial) {
  private static final String URI = "uri";
  private static final String READ_ONLY = "read-only";
  private static final String BLOCK_SIZE = "block-size";
  private static final String CONNECTIONS = "connections";
  private static final String WRITE_THROUGH = "write-through";
  private static final String TLS_CERTIFICATES = "tls-certificates";
  private static final String TLS_HOSTNAME = "tls-hostname";
  private static final String SERIAL = "serial";

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.required(
              URI,
              ConfigKey.Type.TEXT,
              "nbd://host[:port]/export or nbd+unix:///export?socket=/path; nbds for TLS"),
          ConfigKey.optional(READ_ONLY, ConfigKey.Type.FLAG, "false", "refuse every change"),
          ConfigKey.optional(
              BLOCK_SIZE,
              ConfigKey.Type.SIZE,
              "logical block; the smallest that the server serves if not given"),
          ConfigKey.optional(
              CONNECTIONS,
              ConfigKey.Type.INTEGER,
              "4",
              "most connections, 1 to 16, where the server allows several"),
          ConfigKey.optional(
              WRITE_THROUGH,
              ConfigKey.Type.FLAG,
              "false",
              "complete a write only when it is durable: for servers whose host may lose power"),
          ConfigKey.optional(
              TLS_CERTIFICATES,
              ConfigKey.Type.PATH,
              "folder with ca-cert.pem and perhaps client-cert.pem, client-key.pem"),
          ConfigKey.optional(
              TLS_HOSTNAME,
              ConfigKey.Type.TEXT,
              "name in the server's certificate; the URI's host if not given"),
          ConfigKey.optional(
              SERIAL,
              ConfigKey.Type.TEXT,
              "the device's serial number; made from the URI if not given"));

  static NbdSettings read(Config config) throws ConfigException {
    NbdUri uri;
    try {
      uri = NbdUri.parse(config.text(URI));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("setting 'uri': " + e.getMessage());
    }
    long blockSize = config.has(BLOCK_SIZE) ? config.size(BLOCK_SIZE) : 0;
    if (blockSize != 0
        && (Long.bitCount(blockSize) != 1
            || blockSize < BlockGeometry.MIN_BLOCK_SIZE
            || blockSize > BlockGeometry.MAX_BLOCK_SIZE)) {
      throw new ConfigException(
          "setting 'block-size' is " + blockSize + ": give a power of two from 512 to 64K");
    }
    Optional<Path> certificates =
        config.has(TLS_CERTIFICATES)
            ? Optional.of(config.path(TLS_CERTIFICATES))
            : Optional.empty();
    if (uri.tls() && certificates.isEmpty()) {
      throw new ConfigException(
          "an nbds URI needs 'tls-certificates': the folder that holds ca-cert.pem");
    }
    Optional<String> serial = config.optionalText(SERIAL);
    if (serial.isPresent() && !serial.get().matches("[!-~]{1,20}")) {
      throw new ConfigException(
          "setting 'serial' is '%s': give 1 to 20 characters of printable ASCII without spaces"
              .formatted(serial.get()));
    }
    return new NbdSettings(
        uri,
        config.flag(READ_ONLY),
        (int) blockSize,
        config.integer(CONNECTIONS, 1, 16),
        config.flag(WRITE_THROUGH),
        certificates,
        config.optionalText(TLS_HOSTNAME),
        serial);
  }
}
