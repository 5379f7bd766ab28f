package org.tenon.samples.nicloopback;

import java.util.Arrays;
import java.util.BitSet;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;

/** A {@link NicFilter} in a form that is asked for each frame without an object. Immutable. */
final class Sieve {
  private static final long GROUP = 1L << 40;

  private final long[] addresses;
  private final boolean allGroups;
  private final boolean allAddresses;
  private final BitSet vlans = new BitSet();
  private final boolean allVlans;

  /** As far as the agreement lets the filter choose. */
  Sieve(NicFilter filter, NicAgreement agreement) {
    addresses = filter.addresses().stream().mapToLong(MacAddress::bits).sorted().toArray();
    allGroups = filter.allGroups();
    allAddresses = filter.promiscuous() || !agreement.has(NicCapabilities.ADDRESS_FILTER);
    filter.vlans().forEach(vlans::set);
    allVlans = filter.allVlans() || !agreement.has(NicCapabilities.VLAN_FILTER);
  }

  boolean passes(Frame frame) {
    return passesAddress(frame.destination()) && passesVlan(frame.vlan());
  }

  private boolean passesAddress(long destination) {
    return allAddresses
        || (allGroups && (destination & GROUP) != 0)
        || Arrays.binarySearch(addresses, destination) >= 0;
  }

  private boolean passesVlan(int vlan) {
    return vlan == 0 || allVlans || vlans.get(vlan);
  }
}
