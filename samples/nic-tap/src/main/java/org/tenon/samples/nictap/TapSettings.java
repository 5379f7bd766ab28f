package org.tenon.samples.nictap;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tenon.samples.nictap.ffi.TapInterface;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.net.MacAddress;

/**
 * What the user has set, read once and in its own types.
 *
 * @param name the interface's; may hold {@code %d}
 * @param namespace the network namespace it is in, if not the process's own
 * @param address the card's own address, if the user names one
 * @param queues how many queues of the interface to use at most
 */
record TapSettings(
    String name, Optional<Path> namespace, Optional<MacAddress> address, int queues) {
  static final int MOST_QUEUES = 8;

  private static final String INTERFACE = "interface";
  private static final String NETNS = "netns";
  private static final String MAC = "mac";
  private static final String QUEUES = "queues";
  private static final Path NAMED_NAMESPACES = Path.of("/run/netns");

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.optional(
              INTERFACE,
              ConfigKey.Type.TEXT,
              "tenon%d",
              "the TAP interface; made if there is none; %d stands for a free number"),
          ConfigKey.optional(
              NETNS,
              ConfigKey.Type.TEXT,
              "the network namespace it is in: a name as of 'ip netns', or a path"),
          ConfigKey.optional(
              MAC,
              ConfigKey.Type.TEXT,
              "the card's own address; made from the interface's name if not given"),
          ConfigKey.optional(
              QUEUES,
              ConfigKey.Type.INTEGER,
              Integer.toString(MOST_QUEUES),
              "how many queues of the interface to use at most, 1 to " + MOST_QUEUES));

  static TapSettings read(Config config) throws ConfigException {
    String name = config.text(INTERFACE);
    if (!name.matches("[!-~&&[^/:]]{1," + TapInterface.NAME_LIMIT + "}")
        || name.equals(".")
        || name.equals("..")) {
      throw new ConfigException(
          "setting 'interface' is '%s': give 1 to %d characters without spaces, '/' and ':'"
              .formatted(name, TapInterface.NAME_LIMIT));
    }
    Optional<String> namespace = config.optionalText(NETNS);
    if (namespace.isPresent() && namespace.get().isBlank()) {
      throw new ConfigException("setting 'netns' is empty: give a name or a path, or leave it out");
    }
    if (namespace.isPresent() && namespace.get().indexOf('\0') >= 0) {
      throw new ConfigException("setting 'netns' holds a character that no path has");
    }
    Optional<String> address = config.optionalText(MAC);
    return new TapSettings(
        name,
        namespace.map(NAMED_NAMESPACES::resolve),
        address.isPresent() ? Optional.of(address(address.get())) : Optional.empty(),
        config.integer(QUEUES, 1, MOST_QUEUES));
  }

  private static MacAddress address(String text) throws ConfigException {
    try {
      MacAddress address = MacAddress.parse(text);
      if (address.isGroup() || address.bits() == 0) {
        throw new ConfigException("setting 'mac': " + text + " is no station's address");
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new ConfigException("setting 'mac': " + e.getMessage());
    }
  }
}
