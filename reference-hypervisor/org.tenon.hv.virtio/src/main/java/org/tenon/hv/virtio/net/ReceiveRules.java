package org.tenon.hv.virtio.net;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicSteering;

/**
 * What a guest has said of the frames that it wants, by the control queue (VIRTIO 1.2, 5.1.6.5).
 * Guarded by the device.
 */
final class ReceiveRules {
  /** Addresses of stations, and of groups, that are told apart; with more, all pass. */
  static final int TABLE_ENTRIES = 64;

  private static final byte[] KEY = {
    0x6d,
    0x5a,
    0x56,
    (byte) 0xda,
    0x25,
    0x5b,
    0x0e,
    (byte) 0xc2,
    0x41,
    0x67,
    0x25,
    0x3d,
    0x43,
    (byte) 0xa3,
    (byte) 0x8f,
    (byte) 0xb0,
    (byte) 0xd0,
    (byte) 0xca,
    0x2b,
    (byte) 0xcb,
    (byte) 0xae,
    0x7b,
    0x30,
    (byte) 0xb4,
    0x77,
    (byte) 0xcb,
    0x2d,
    (byte) 0xa3,
    (byte) 0x80,
    0x30,
    (byte) 0xf2,
    0x0c,
    0x6a,
    0x42,
    (byte) 0xb7,
    0x3b,
    (byte) 0xbe,
    (byte) 0xac,
    0x01,
    (byte) 0xfa
  };

  private final BitSet vlans = new BitSet();
  private MacAddress address;
  private boolean promiscuous;
  private boolean allGroups;
  private boolean allVlans;
  private List<MacAddress> stations = List.of();
  private List<MacAddress> groups = List.of();
  private @Nullable NicSteering steering;
  private int pairs = 1;

  /** What a device does after reset: its own frames and every group's, on the first queue. */
  ReceiveRules(MacAddress address) {
    this.address = address;
    reset(address, 0);
  }

  /** As after a reset, for a guest that negotiated these features. */
  void reset(MacAddress own, long features) {
    address = own;
    promiscuous = false;
    allGroups = true;
    stations = List.of();
    groups = List.of();
    vlans.clear();
    allVlans = (features & NetFeature.CTRL_VLAN) == 0;
    pairs = 1;
    steering = null;
  }

  MacAddress address() {
    return address;
  }

  void address(MacAddress own) {
    address = own;
  }

  void promiscuous(boolean all) {
    promiscuous = all;
  }

  void allGroups(boolean all) {
    allGroups = all;
  }

  /** Replaces both tables, and with them what was said of all groups after a reset. */
  void tables(List<MacAddress> unicast, List<MacAddress> multicast) {
    stations = List.copyOf(unicast);
    groups = List.copyOf(multicast);
  }

  void vlan(int vlan, boolean passes) {
    vlans.set(vlan, passes);
  }

  /** Spreads the flows over the first queues. */
  void pairs(int wanted) {
    pairs = wanted;
    steering = null;
  }

  void steering(NicSteering wanted) {
    steering = wanted;
  }

  NetState.Rules save() {
    return new NetState.Rules(
        address.bits(),
        promiscuous,
        allGroups,
        allVlans,
        stations.stream().map(MacAddress::bits).toList(),
        groups.stream().map(MacAddress::bits).toList(),
        vlans.stream().boxed().toList(),
        pairs,
        Optional.ofNullable(steering).map(NetState.Steering::of));
  }

  void restore(NetState.Rules saved) {
    address = new MacAddress(saved.address());
    promiscuous = saved.promiscuous();
    allGroups = saved.allGroups();
    allVlans = saved.allVlans();
    stations = saved.stations().stream().map(MacAddress::new).toList();
    groups = saved.groups().stream().map(MacAddress::new).toList();
    vlans.clear();
    saved.vlans().forEach(vlans::set);
    pairs = saved.pairs();
    steering = saved.steering().map(NetState.Steering::steering).orElse(null);
  }

  NicFilter filter() {
    Set<MacAddress> addresses = new HashSet<>(groups);
    addresses.add(address);
    addresses.add(MacAddress.BROADCAST);
    addresses.addAll(stations);
    return new NicFilter(
        addresses,
        allGroups || groups.size() > TABLE_ENTRIES,
        promiscuous || stations.size() > TABLE_ENTRIES,
        vlans.stream().filter(vlan -> vlan != 0).boxed().collect(Collectors.toSet()),
        allVlans);
  }

  NicSteering steering() {
    NicSteering asked = steering;
    if (asked != null) {
      return asked;
    }
    List<Integer> key = new ArrayList<>();
    for (byte value : KEY) {
      key.add(value & 0xff);
    }
    int entries = Integer.highestOneBit(Math.max(1, 2 * pairs - 1)) * 4;
    List<Integer> table =
        IntStream.range(0, Math.min(entries, NicSteering.TABLE_LIMIT))
            .mapToObj(i -> i % pairs)
            .toList();
    return new NicSteering(NicSteering.ALL, key, table, 0);
  }
}
