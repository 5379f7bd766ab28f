package org.tenon.hv.vswitch;

import java.util.Set;
import org.tenon.spi.net.NicFilter;

/**
 * What a user says of a port.
 *
 * @param name unique in the switch
 * @param vlan for an access port, the VLAN to which all that passes it belongs, 1 to 4094; frames
 *     have no tag there. 0 for a trunk, where frames have the tag of their VLAN, or none
 * @param trunk of a trunk, the VLANs that pass; empty for all, and frames without a tag
 * @param floodLimit how many frames a second it may send to all others; 0 for no limit
 */
public record PortSettings(String name, int vlan, Set<Integer> trunk, int floodLimit) {
  /** The limit where the user names none. */
  public static final int FLOOD_LIMIT = 10_000;

  /**
   * Copies the set and checks the numbers.
   *
   * @throws IllegalArgumentException if one makes no sense; the message says which
   */
  public PortSettings {
    trunk = Set.copyOf(trunk);
    if (vlan < 0 || vlan > NicFilter.LAST_VLAN) {
      throw new IllegalArgumentException("there is no VLAN " + vlan);
    }
    for (int passes : trunk) {
      if (passes < 1 || passes > NicFilter.LAST_VLAN) {
        throw new IllegalArgumentException("there is no VLAN " + passes);
      }
    }
    if (vlan != 0 && !trunk.isEmpty()) {
      throw new IllegalArgumentException(
          "port %s is an access port (vlan) or a trunk, not both".formatted(name));
    }
    if (floodLimit < 0) {
      throw new IllegalArgumentException("a limit cannot be " + floodLimit);
    }
  }

  /** A port that passes every frame as it is. */
  public static PortSettings open(String name) {
    return new PortSettings(name, 0, Set.of(), FLOOD_LIMIT);
  }

  /** Whether a VLAN passes; 0 for frames that belong to none. */
  boolean carries(int of) {
    return vlan != 0 ? of == vlan : trunk.isEmpty() || trunk.contains(of);
  }
}
