package org.tenon.samples.switchmirror;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.net.NicFilter;

/**
 * What the user has set, read once and in its own types.
 *
 * @param to the port that watches, by name
 * @param ports the ports that are watched, by name; empty for all others
 * @param vlans the VLANs that are watched, 0 for frames of none; empty for all
 * @param entering whether frames are mirrored that enter by a watched port
 * @param leaving whether frames are mirrored that leave by a watched port
 * @param isolated whether the watching port takes no part in the network
 */
record MirrorSettings(
    String to,
    Set<String> ports,
    BitSet vlans,
    boolean entering,
    boolean leaving,
    boolean isolated) {
  private static final String TO = "to";
  private static final String PORTS = "ports";
  private static final String VLANS = "vlans";
  private static final String DIRECTION = "direction";
  private static final String ISOLATED = "isolated";
  private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(-(\\d{1,4}))?");

  static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.required(TO, ConfigKey.Type.TEXT, "the port that watches, by name"),
          ConfigKey.optional(
              PORTS,
              ConfigKey.Type.TEXT,
              "the ports to mirror, by name, joined by '+'; all if not given"),
          ConfigKey.optional(
              VLANS,
              ConfigKey.Type.TEXT,
              "the VLANs to mirror, such as 5+10-19, 0 for frames of none; all if not given"),
          ConfigKey.optional(
              DIRECTION,
              ConfigKey.Type.TEXT,
              "both",
              "which frames: in, those that enter by these ports; out, that leave; or both"),
          ConfigKey.optional(
              ISOLATED,
              ConfigKey.Type.FLAG,
              "true",
              "keep the watching port out of the network: it gets copies alone and sends nothing"));

  static MirrorSettings read(Config config) throws ConfigException {
    String to = config.text(TO);
    Set<String> ports =
        config.has(PORTS)
            ? new LinkedHashSet<>(List.of(config.text(PORTS).split("\\+", -1)))
            : Set.of();
    if (ports.contains(to)) {
      throw new ConfigException(
          "setting 'ports' names '" + to + "', the port that watches: name others");
    }
    if (to.isBlank() || ports.contains("")) {
      throw new ConfigException("settings 'to' and 'ports' name ports: one of these is empty");
    }
    String direction = config.text(DIRECTION);
    if (!Set.of("in", "out", "both").contains(direction)) {
      throw new ConfigException(
          "setting 'direction' is '" + direction + "': write in, out or both");
    }
    return new MirrorSettings(
        to,
        ports,
        config.has(VLANS) ? vlans(config.text(VLANS)) : new BitSet(),
        !direction.equals("out"),
        !direction.equals("in"),
        config.flag(ISOLATED));
  }

  private static BitSet vlans(String text) throws ConfigException {
    BitSet vlans = new BitSet();
    for (String part : text.split("\\+", -1)) {
      Matcher range = RANGE.matcher(part);
      if (!range.matches()) {
        throw refuse(part);
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(3) == null ? first : Integer.parseInt(range.group(3));
      if (first > last || last > NicFilter.LAST_VLAN) {
        throw refuse(part);
      }
      vlans.set(first, last + 1);
    }
    return vlans;
  }

  private static ConfigException refuse(String part) {
    return new ConfigException(
        "setting 'vlans': '%s' is no VLAN and no range of them: write such as 5+10-19, within 0 to %d"
            .formatted(part, NicFilter.LAST_VLAN));
  }
}
