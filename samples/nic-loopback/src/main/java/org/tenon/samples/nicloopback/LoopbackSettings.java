package org.tenon.samples.nicloopback;

import java.time.Duration;
import java.util.List;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicLink;

/**
 * What the user has set, read once and in its own types.
 *
 * @param address the card's own address
 * @param mtu the longest payload of a frame, in bytes
 * @param up whether the plug is in when the card is opened
 * @param speed what the link tells, in Mbit/s
 * @param flap how often the link changes; zero for never
 */
record LoopbackSettings(MacAddress address, int mtu, boolean up, int speed, Duration flap) {
  private static final String MAC = "mac";
  private static final String MTU = "mtu";
  private static final String LINK = "link";
  private static final String SPEED = "speed";
  private static final String FLAP = "flap-ms";
  private static final int FASTEST = 1_000_000;

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.optional(
              MAC, ConfigKey.Type.TEXT, "02:00:00:00:00:01", "the card's own address"),
          ConfigKey.optional(
              MTU, ConfigKey.Type.INTEGER, "1500", "longest payload of a frame, 68 to 65535"),
          ConfigKey.optional(
              LINK, ConfigKey.Type.TEXT, "up", "whether the plug is in at first: up or down"),
          ConfigKey.optional(
              SPEED, ConfigKey.Type.INTEGER, "10000", "speed that the link tells, in Mbit/s"),
          ConfigKey.optional(
              FLAP,
              ConfigKey.Type.INTEGER,
              "0",
              "milliseconds after which the link changes, again and again; 0 for never"));

  static LoopbackSettings read(Config config) throws ConfigException {
    return new LoopbackSettings(
        address(config.text(MAC)),
        config.integer(MTU, 68, 65_535),
        isUp(config.text(LINK)),
        config.integer(SPEED, 0, FASTEST),
        Duration.ofMillis(config.integer(FLAP, 0, 3_600_000)));
  }

  /** The link with the plug in. */
  NicLink plugged() {
    return NicLink.up(speed);
  }

  /** The link when the card is opened. */
  NicLink link() {
    return up ? plugged() : NicLink.DOWN;
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

  private static boolean isUp(String text) throws ConfigException {
    return switch (text) {
      case "up" -> true;
      case "down" -> false;
      default -> throw new ConfigException("setting 'link' is '" + text + "': write up or down");
    };
  }
}
