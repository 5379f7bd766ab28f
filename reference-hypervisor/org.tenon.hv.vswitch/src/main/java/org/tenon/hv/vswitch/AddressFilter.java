package org.tenon.hv.vswitch;

import java.util.Arrays;
import java.util.BitSet;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicFilter;

/** A filter made ready for many questions. Immutable; no question allocates. */
final class AddressFilter {
  private final long[] addresses;
  private final boolean allGroups;
  private final boolean promiscuous;
  private final BitSet vlans = new BitSet();
  private final boolean allVlans;

  AddressFilter(NicFilter filter) {
    addresses = filter.addresses().stream().mapToLong(MacAddress::bits).sorted().toArray();
    allGroups = filter.allGroups();
    promiscuous = filter.promiscuous();
    filter.vlans().forEach(vlans::set);
    allVlans = filter.allVlans();
  }

  /** Whether frames to this address, with a tag of this VLAN or 0 without, pass. */
  boolean passes(long destination, boolean group, int vlan) {
    return (promiscuous || (allGroups && group) || Arrays.binarySearch(addresses, destination) >= 0)
        && (vlan == 0 || allVlans || vlans.get(vlan));
  }
}
