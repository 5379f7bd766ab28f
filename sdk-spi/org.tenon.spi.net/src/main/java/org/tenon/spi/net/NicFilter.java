package org.tenon.spi.net;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.tenon.api.Stability;

/**
 * Which frames arrive. A frame must pass by its destination address and by its VLAN, as far as
 * {@link NicCapabilities#ADDRESS_FILTER} and {@link NicCapabilities#VLAN_FILTER} were agreed.
 *
 * @param addresses stations and groups whose frames pass; broadcast among them or not
 * @param allGroups whether every multicast and broadcast frame passes
 * @param promiscuous whether every address passes
 * @param vlans the VLANs (IEEE 802.1Q, 1 to 4094) whose tagged frames pass; those without a tag, or
 *     with a tag of VLAN 0, pass always
 * @param allVlans whether every VLAN passes
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NicFilter(
    Set<MacAddress> addresses,
    boolean allGroups,
    boolean promiscuous,
    Set<Integer> vlans,
    boolean allVlans) {
  /** The largest VLAN. */
  public static final int LAST_VLAN = 4094;

  /** Everything passes: a driver's filter until it is told another. */
  public static final NicFilter NONE = new NicFilter(Set.of(), true, true, Set.of(), true);

  /**
   * Copies the sets and checks the VLANs.
   *
   * @throws IllegalArgumentException if a VLAN is none
   */
  public NicFilter {
    addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    vlans = Collections.unmodifiableSortedSet(new TreeSet<>(vlans));
    for (int vlan : vlans) {
      if (vlan < 1 || vlan > LAST_VLAN) {
        throw new IllegalArgumentException("there is no VLAN " + vlan);
      }
    }
  }

  /** Whether frames to this destination pass. */
  public boolean passes(MacAddress destination) {
    return promiscuous || (allGroups && destination.isGroup()) || addresses.contains(destination);
  }

  /**
   * Whether frames of this VLAN pass.
   *
   * @param vlan 0 for a frame without a tag
   */
  public boolean passesVlan(int vlan) {
    return vlan == 0 || allVlans || vlans.contains(vlan);
  }
}
