package org.tenon.samples.e1000;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;

/**
 * What the user has set, read once and in its own types.
 *
 * @param listen the socket that it waits at for the other end, if it is to
 * @param connect the socket at which the other end waits, if it does
 * @param address the card's own
 */
record E1000Settings(Optional<Path> listen, Optional<Path> connect, MacAddress address) {
  private static final String LISTEN = "listen";
  private static final String CONNECT = "connect";
  private static final String MAC = "mac";

  /** The most bytes of a Unix socket's name on Linux. */
  private static final int MOST_PATH = 107;

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.optional(
              LISTEN,
              ConfigKey.Type.PATH,
              "the cable: a Unix socket to make, for QEMU's -netdev stream or another e1000"),
          ConfigKey.optional(
              CONNECT, ConfigKey.Type.PATH, "the cable: a Unix socket that somebody listens at"),
          ConfigKey.optional(
              MAC,
              ConfigKey.Type.TEXT,
              "the card's own address; made from the socket's name if not given"));

  static E1000Settings read(Config config) throws ConfigException {
    Optional<Path> listen = path(config, LISTEN);
    Optional<Path> connect = path(config, CONNECT);
    if (listen.isPresent() && connect.isPresent()) {
      throw new ConfigException("give 'listen' or 'connect', not both: a cable has two ends");
    }
    Optional<String> mac = config.optionalText(MAC);
    Optional<MacAddress> address =
        mac.isPresent()
            ? MacAddress.parse(mac.get())
            : Optional.of(MacAddress.of("listen=" + listen + " connect=" + connect));
    return new E1000Settings(
        listen,
        connect,
        address.orElseThrow(() ->
            new ConfigException(
                "setting 'mac' is no station's address: give one such as 52:54:00:12:34:56")));
  }

  private static Optional<Path> path(Config config, String key) throws ConfigException {
    if (!config.has(key)) {
      return Optional.empty();
    }
    Path path = config.path(key);
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MOST_PATH) {
      throw new ConfigException(
          "setting '%s': the name of a socket has at most %d bytes".formatted(key, MOST_PATH));
    }
    return Optional.of(path);
  }
}
