package org.tenon.samples.nicpcap;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.net.MacAddress;

/**
 * What the user has set, read once and in its own types.
 *
 * @param input the capture whose frames arrive; null for none
 * @param output the capture that frames are written to; null for none
 * @param asCaptured whether frames arrive at the pace at which they were captured
 * @param address the card's own address
 * @param mtu the longest payload of a frame, in bytes
 */
record PcapSettings(
    @Nullable Path input, @Nullable Path output, boolean asCaptured, MacAddress address, int mtu) {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";
  private static final String TIMING = "timing";
  private static final String MAC = "mac";
  private static final String MTU = "mtu";

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.optional(
              INPUT, ConfigKey.Type.PATH, "a pcap or pcapng file whose frames arrive"),
          ConfigKey.optional(
              OUTPUT, ConfigKey.Type.PATH, "a pcapng file to write sent frames to, made anew"),
          ConfigKey.optional(
              TIMING,
              ConfigKey.Type.TEXT,
              "fast",
              "fast: frames wait for buffers; captured: they come as they were captured"),
          ConfigKey.optional(
              MAC, ConfigKey.Type.TEXT, "02:00:00:00:00:01", "the card's own address"),
          ConfigKey.optional(
              MTU, ConfigKey.Type.INTEGER, "1500", "longest payload of a frame, 68 to 65535"));

  static PcapSettings read(Config config) throws ConfigException {
    return new PcapSettings(
        config.has(INPUT) ? config.path(INPUT) : null,
        config.has(OUTPUT) ? config.path(OUTPUT) : null,
        isAsCaptured(config.text(TIMING)),
        address(config.text(MAC)),
        config.integer(MTU, 68, 65_535));
  }

  private static boolean isAsCaptured(String text) throws ConfigException {
    return switch (text) {
      case "fast" -> false;
      case "captured" -> true;
      default ->
          throw new ConfigException("setting 'timing' is '" + text + "': write fast or captured");
    };
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
