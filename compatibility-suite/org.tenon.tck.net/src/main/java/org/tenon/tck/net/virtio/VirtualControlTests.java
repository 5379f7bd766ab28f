package org.tenon.tck.net.virtio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.virtio.GuestNicControl;
import org.tenon.kit.testing.virtio.GuestNicFrame;
import org.tenon.kit.testing.virtio.GuestNicOptions;
import org.tenon.kit.testing.virtio.VirtioFeature;
import org.tenon.kit.testing.virtio.VirtioNet;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicFilter;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.Tier;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.Trait;

/** What a guest says by the control queue, and which frames arrive then. */
@InTier(Tier.VIRTUAL_HARDWARE)
public abstract class VirtualControlTests extends NicTests {
  private static final MacAddress GROUP = MacAddress.parse("01:00:5e:00:00:fb");
  private static final MacAddress GROUP6 = MacAddress.parse("33:33:00:00:00:fb");
  private static final long FIRST_OF_MANY = 0x0200_5e00_7000L;
  private static final long FIRST_GROUP_OF_MANY = 0x0100_5e00_7000L;

  /** As many as the card tells apart; with more it may let all pass. */
  private static final int TABLE = 64;

  private static final GuestNicOptions WITH_VLANS =
      VirtualCard.PLAIN.with(VirtioFeature.NET_CTRL_VLAN);

  /** For the contract. */
  protected VirtualControlTests() {}

  @Test
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause("NET-095")
  void guestsMacFilterNoLeak() {
    VirtualCard card = VirtualCard.open(trial(), VirtualCard.PLAIN);
    RandomGenerator random = trial().random();
    MacAddress own = card.config().address();
    GuestNicControl control = card.guest().control();
    expectObeyed(control.promiscuous(false));
    expectSifted(card, random, filter(true, false, own));
    expectObeyed(control.allGroups(false));
    expectSifted(card, random, filter(false, false, own));
    expectObeyed(control.addresses(List.of(Card.PEER), List.of(GROUP)));
    expectSifted(card, random, filter(false, false, own, Card.PEER, GROUP));
    expectObeyed(control.addresses(List.of(), List.of(GROUP6)));
    expectSifted(card, random, filter(false, false, own, GROUP6));
    MacAddress other = new MacAddress(own.bits() ^ 1);
    expectObeyed(control.address(other));
    expectSifted(card, random, filter(false, false, other, GROUP6));
    expectObeyed(control.promiscuous(true));
    expectSifted(card, random, NicFilter.NONE);
    expectObeyed(control.promiscuous(false));
    expectSifted(card, random, filter(false, false, other, GROUP6));
  }

  @Test
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause("NET-095")
  void fullAddressTables() {
    VirtualCard card = VirtualCard.open(trial(), VirtualCard.PLAIN);
    RandomGenerator random = trial().random();
    GuestNicControl control = card.guest().control();
    List<MacAddress> stations = many(FIRST_OF_MANY);
    List<MacAddress> groups = many(FIRST_GROUP_OF_MANY);
    expectObeyed(control.promiscuous(false));
    expectObeyed(control.allGroups(false));
    expectObeyed(control.addresses(stations, groups));
    List<MacAddress> all = new ArrayList<>(stations);
    all.addAll(groups);
    all.add(card.config().address());
    NicFilter filter = filter(false, false, all.toArray(MacAddress[]::new));
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 2 * TABLE; i++) {
      long first = i % 2 == 0 ? FIRST_OF_MANY : FIRST_GROUP_OF_MANY;
      frames.add(frame(new MacAddress(first + i), random));
    }
    expectSifted(card, frames, filter);
  }

  private static List<MacAddress> many(long first) {
    List<MacAddress> all = new ArrayList<>();
    for (int i = 0; i < TABLE; i++) {
      all.add(new MacAddress(first + i));
    }
    return all;
  }

  @Test
  @Requires({Trait.FRAMES_COME, "vlan-filter"})
  @Clause("NET-096")
  void guestsVlanIsolation() {
    VirtualCard card = VirtualCard.open(trial(), WITH_VLANS);
    RandomGenerator random = trial().random();
    GuestNicControl control = card.guest().control();
    Set<Integer> passing = new TreeSet<>();
    expectSifted(card, tagged(card, random), vlans(passing));
    for (int vlan : new int[] {5, 2048, 4094, 1, 6}) {
      passing.add(vlan);
      expectObeyed(control.vlan(vlan, true));
      expectSifted(card, tagged(card, random), vlans(passing));
    }
    for (int vlan : new int[] {5, 1, 4094}) {
      passing.remove(vlan);
      expectObeyed(control.vlan(vlan, false));
      expectSifted(card, tagged(card, random), vlans(passing));
    }
  }

  /** A guest that was reset knows nothing of what it said before; nor does the card. */
  @Test
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause("NET-095")
  void aResetForgetsTheCommands() {
    VirtualCard card = VirtualCard.open(trial(), VirtualCard.PLAIN);
    RandomGenerator random = trial().random();
    MacAddress own = card.config().address();
    for (int round = 0; round < 8; round++) {
      GuestNicControl control = card.guest().control();
      expectObeyed(control.promiscuous(round % 2 == 0));
      expectObeyed(control.allGroups(false));
      expectObeyed(control.address(Card.PEER));
      card.guest().reset();
      NicFilter asNew = filter(true, false, own);
      if (!trial().loops()) {
        // What comes before the card obeys is not the guest's; by a loop nothing comes by itself.
        expectObeyed(card.guest().control().allGroups(true));
      }
      card.put(List.of(frame(new MacAddress(own.bits() ^ 1), random)));
      expectWanted(card.drain(), asNew);
      card.awaitBuffers();
      expectSifted(card, random, asNew);
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause("NET-097")
  void commandsThatMakeNoSense() {
    VirtualCard card =
        VirtualCard.open(trial(), WITH_VLANS.with(VirtioFeature.NET_MQ | VirtioFeature.NET_RSS));
    RandomGenerator random = trial().random();
    GuestNicControl control = card.guest().control();
    expectObeyed(control.promiscuous(false));
    expectObeyed(control.allGroups(false));
    NicFilter filter = filter(false, false, card.config().address());
    byte[] tooMany = new byte[8];
    Arrays.fill(tooMany, (byte) 0xff);
    refused(control, VirtioNet.CLASS_RX, 0, 0);
    refused(control, VirtioNet.CLASS_RX, 0, 2);
    refused(control, VirtioNet.CLASS_RX, 99, 1);
    refused(control, VirtioNet.CLASS_MAC, 0, 7);
    refused(control, VirtioNet.CLASS_MAC, 1, 5);
    refused(control, VirtioNet.CLASS_VLAN, 0, 1);
    refused(control, VirtioNet.CLASS_VLAN, 7, 2);
    refused(control, VirtioNet.CLASS_MQ, 0, 2);
    refused(control, VirtioNet.CLASS_MQ, 1, 40);
    refused(control, 77, 0, 0);
    refused(control, 0xff, 0xff, 9000);
    expectRefused("tables of 2^32 addresses", control.command(VirtioNet.CLASS_MAC, 0, tooMany));
    expectRefused("a group as the card's address", control.address(GROUP));
    expectRefused("VLAN 4095", control.vlan(4095, true));
    expectRefused("65535 pairs of queues", control.pairs(65_535));
    expectSifted(card, random, filter);
    for (int i = 0; i < 300; i++) {
      int commandClass = 5 + random.nextInt(250);
      control.command(commandClass, random.nextInt(256), VirtualCard.bytes(random, i));
    }
    expectSifted(card, random, filter);
  }

  private void refused(GuestNicControl control, int commandClass, int number, int bytes) {
    expectRefused(
        "command %d of class %d with %d bytes".formatted(number, commandClass, bytes),
        control.command(commandClass, number, new byte[bytes]));
  }

  private void expectRefused(String what, boolean obeyed) {
    if (obeyed) {
      throw trial().violation(what + " is refused", "the answer is OK");
    }
  }

  private void expectObeyed(boolean obeyed) {
    if (!obeyed) {
      throw trial().violation("the command is obeyed", "its answer is ERR");
    }
  }

  /** Which frames a guest wants, in the words of the SPI. */
  private static NicFilter filter(boolean allGroups, boolean promiscuous, MacAddress... stations) {
    Set<MacAddress> all = new TreeSet<>(List.of(stations));
    all.add(MacAddress.BROADCAST);
    return new NicFilter(all, allGroups, promiscuous, Set.of(), true);
  }

  private static NicFilter vlans(Set<Integer> passing) {
    return new NicFilter(Set.of(), true, true, passing, false);
  }

  private void expectSifted(VirtualCard card, RandomGenerator random, NicFilter filter) {
    MacAddress own = card.config().address();
    List<byte[]> frames = new ArrayList<>();
    for (long bits :
        new long[] {
          own.bits(),
          own.bits() ^ 1,
          GROUP.bits(),
          MacAddress.BROADCAST.bits(),
          GROUP6.bits(),
          Card.PEER.bits(),
          own.bits() ^ 0x8000_0000L,
          own.bits() | 1L << 40
        }) {
      frames.add(frame(new MacAddress(bits), random));
    }
    expectSifted(card, frames, filter);
  }

  private static byte[] frame(MacAddress destination, RandomGenerator random) {
    return VirtualCard.to(destination).plain(VirtualCard.bytes(random, random.nextInt(46, 300)));
  }

  private static List<byte[]> tagged(VirtualCard card, RandomGenerator random) {
    List<byte[]> frames = new ArrayList<>();
    frames.add(card.incoming().plain(VirtualCard.bytes(random, 100)));
    for (int vlan : new int[] {0, 1, 4, 5, 6, 7, 2047, 2048, 4093, 4094}) {
      frames.add(
          card.incoming()
              .tags(random.nextInt(8) << 13 | vlan)
              .plain(VirtualCard.bytes(random, random.nextInt(46, 300))));
    }
    return frames;
  }

  /** Has frames come and looks that exactly those arrive that the filter passes. */
  private void expectSifted(VirtualCard card, List<byte[]> frames, NicFilter filter) {
    for (int from = 0; from < frames.size(); from += Card.BURST) {
      List<byte[]> burst = frames.subList(from, Math.min(from + Card.BURST, frames.size()));
      List<byte[]> expected = burst.stream().filter(frame -> passes(filter, frame)).toList();
      card.put(burst);
      List<GuestNicFrame> arrived = new ArrayList<>();
      expected.forEach(frame -> arrived.add(card.nextArrived()));
      arrived.addAll(card.drain());
      expectWanted(arrived, filter);
      Card.expectSame(
          trial().about(), expected, arrived.stream().map(GuestNicFrame::bytes).toList());
    }
  }

  private void expectWanted(List<GuestNicFrame> arrived, NicFilter filter) {
    for (GuestNicFrame frame : arrived) {
      if (!passes(filter, frame.bytes())) {
        throw trial()
            .violation(
                "only frames arrive that the guest wants, which are those of " + filter,
                "one to %s of VLAN %d arrived"
                    .formatted(destination(frame.bytes()), Layers.of(frame.bytes()).vlan()));
      }
    }
  }

  private static boolean passes(NicFilter filter, byte[] frame) {
    return filter.passes(destination(frame)) && filter.passesVlan(Layers.of(frame).vlan());
  }

  private static MacAddress destination(byte[] frame) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | frame[i] & 0xff;
    }
    return new MacAddress(bits);
  }
}
