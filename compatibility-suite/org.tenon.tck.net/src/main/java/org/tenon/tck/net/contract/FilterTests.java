package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Which frames arrive. */
public abstract class FilterTests extends NicTests {
  private static final ClauseId ADDRESS_LEAKS = ClauseId.parse("NET-041");
  private static final ClauseId PASSES = ClauseId.parse("NET-042");
  private static final ClauseId HOLDS = ClauseId.parse("NET-046");
  private static final ClauseId VLAN_LEAKS = ClauseId.parse("NET-043");
  private static final MacAddress GROUP = MacAddress.parse("01:00:5e:00:00:fb");
  private static final MacAddress GROUP6 = MacAddress.parse("33:33:00:00:00:fb");

  /** For the contract. */
  protected FilterTests() {}

  @Test
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause({"NET-041", "NET-042"})
  void macFilterNoLeak() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    MacAddress own = card.properties().address();
    List<NicFilter> filters =
        List.of(
            addresses(own),
            addresses(),
            addresses(own, MacAddress.BROADCAST),
            addresses(own, GROUP),
            new NicFilter(Set.of(own), true, false, Set.of(), true),
            new NicFilter(Set.of(), true, false, Set.of(), true),
            new NicFilter(Set.of(), false, true, Set.of(), true),
            addresses(Card.PEER, new MacAddress(own.bits() ^ 1), GROUP6),
            many(own, 60));
    for (NicFilter filter : filters) {
      card.harness().setFilter(filter);
      expectSifted(card, filter, addressed(card, random));
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "vlan-filter"})
  @Clause({"NET-043", "NET-042", "NET-044"})
  void vlanIsolation() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (Set<Integer> vlans :
        List.of(Set.of(5), Set.<Integer>of(), Set.of(1, 4094), Set.of(5, 6, 7), Set.of(2048))) {
      NicFilter filter = new NicFilter(Set.of(), true, true, vlans, false);
      card.harness().setFilter(filter);
      expectSifted(card, filter, tagged(card, random));
    }
    NicFilter all = NicFilter.NONE;
    card.harness().setFilter(all);
    expectSifted(card, all, tagged(card, random));
  }

  @Test
  @Requires({Trait.FRAMES_COME, "vlan-filter"})
  @Clause("NET-044")
  void untaggedPassesEveryVlanFilter() {
    Card card = trial().open(NicTrial.plainReceive(1));
    card.harness().setFilter(new NicFilter(Set.of(), true, true, Set.of(9), false));
    RandomGenerator random = trial().random();
    card.expectArrival(
        List.of(
            card.incoming().plain(payload(random, 100)),
            card.incoming().tags(0).plain(payload(random, 100)),
            card.incoming().tags(0xe000).plain(payload(random, 100)),
            card.incoming().tags(9).plain(payload(random, 100))));
  }

  @Test
  @Requires({Trait.FRAMES_COME, "address-filter", "vlan-filter"})
  @Clause({"NET-042", "NET-041", "NET-043"})
  void bothFiltersMustPass() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    MacAddress own = card.properties().address();
    NicFilter filter = new NicFilter(Set.of(own), false, false, Set.of(5, 12), false);
    card.harness().setFilter(filter);
    expectSifted(card, filter, tagged(card, random));
    expectSifted(card, filter, addressed(card, random));
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause("NET-045")
  void everythingPassesAtFirst() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    card.expectArrival(addressed(card, random));
    card.expectArrival(tagged(card, random));
  }

  @Test
  @AtLevel(Level.L2)
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause({"NET-046", "NET-076"})
  void filterOutlivesQuiesceAndReset() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    NicFilter filter = addresses(card.properties().address());
    card.harness().setFilter(filter);
    expectSifted(card, filter, addressed(card, random));
    card.harness().quiesce();
    card.harness().resume();
    expectSifted(card, filter, addressed(card, random));
    card.harness().reset();
    expectSifted(card, filter, addressed(card, random));
    card.harness().quiesce();
    card.harness().setFilter(NicFilter.NONE);
    card.harness().resume();
    card.expectArrival(addressed(card, random));
  }

  @Test
  @AtLevel(Level.L2)
  @Requires({Trait.FRAMES_COME, "address-filter"})
  @Clause({"NET-046", "NET-041", "NET-076"})
  void filterHoldsFromItsReturn() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    MacAddress own = card.properties().address();
    for (int round = 0; round < 40; round++) {
      NicFilter filter = round % 2 == 0 ? addresses(own) : addresses(Card.PEER, GROUP);
      card.harness().setFilter(filter);
      expectSifted(card, filter, addressed(card, random).subList(0, 4));
    }
  }

  /** Has frames come and looks that exactly those arrive that the filter passes. */
  private void expectSifted(Card card, NicFilter filter, List<byte[]> frames) {
    card.harness().awaitBuffers();
    card.put(frames);
    List<byte[]> expected = frames.stream().filter(frame -> passes(card, filter, frame)).toList();
    List<byte[]> arrived = new ArrayList<>();
    for (byte[] next : expected) {
      ReceivedFrame frame =
          card.harness()
              .receive(trial().patience())
              .orElseThrow(() ->
                  new ClauseViolated(
                      PASSES,
                      "a frame to %s of VLAN %d arrives"
                          .formatted(destination(next), Layers.of(next).vlan()),
                      "none did within %d s".formatted(trial().patience().toSeconds())));
      arrived.add(checked(card, filter, frame));
    }
    card.drain().forEach(frame -> arrived.add(checked(card, filter, frame)));
    Card.expectSame(trial().about(), expected, arrived);
  }

  private byte[] checked(Card card, NicFilter filter, ReceivedFrame frame) {
    byte[] bytes = frame.bytes();
    if (!passes(card, filter, bytes)) {
      boolean byAddress =
          card.agreement().has(NicCapabilities.ADDRESS_FILTER)
              && !filter.passes(destination(bytes));
      throw new ClauseViolated(
          trial().about().equals(HOLDS) ? HOLDS : byAddress ? ADDRESS_LEAKS : VLAN_LEAKS,
          "only frames arrive that %s passes".formatted(filter),
          "one to %s of VLAN %d arrived".formatted(destination(bytes), Layers.of(bytes).vlan()));
    }
    return bytes;
  }

  private static boolean passes(Card card, NicFilter filter, byte[] frame) {
    boolean address =
        !card.agreement().has(NicCapabilities.ADDRESS_FILTER) || filter.passes(destination(frame));
    boolean vlan =
        !card.agreement().has(NicCapabilities.VLAN_FILTER)
            || filter.passesVlan(Layers.of(frame).vlan());
    return address && vlan;
  }

  private static MacAddress destination(byte[] frame) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | frame[i] & 0xff;
    }
    return new MacAddress(bits);
  }

  private static NicFilter addresses(MacAddress... passing) {
    return new NicFilter(Set.of(passing), false, false, Set.of(), true);
  }

  private static NicFilter many(MacAddress own, int more) {
    Set<MacAddress> all = new TreeSet<>(Set.of(own));
    for (int i = 1; i <= more; i++) {
      all.add(new MacAddress(0x0200_5e00_7000L + i));
    }
    return new NicFilter(all, false, false, Set.of(), true);
  }

  /** Frames to many stations and groups. */
  private static List<byte[]> addressed(Card card, RandomGenerator random) {
    MacAddress own = card.properties().address();
    List<MacAddress> all = new ArrayList<>();
    all.add(own);
    all.add(new MacAddress(own.bits() ^ 1));
    all.add(GROUP);
    all.add(MacAddress.BROADCAST);
    all.add(GROUP6);
    all.add(Card.PEER);
    all.add(new MacAddress(own.bits() ^ 0x8000_0000L));
    all.add(new MacAddress(0x0200_5e00_7000L + random.nextInt(1, 80)));
    all.add(new MacAddress(own.bits() | 1L << 40));
    List<byte[]> frames = new ArrayList<>();
    for (MacAddress destination : all) {
      frames.add(
          new FrameMaker(destination, Card.PEER).plain(payload(random, random.nextInt(46, 300))));
    }
    return frames;
  }

  /** Frames to the card in many VLANs. */
  private static List<byte[]> tagged(Card card, RandomGenerator random) {
    List<byte[]> frames = new ArrayList<>();
    for (int[] tags :
        new int[][] {
          {}, {5}, {0}, {1}, {4094}, {6}, {0xa005}, {4095}, {5, 6}, {6, 5}, {12}, {2048}, {2049},
          {4}, {0, 6}
        }) {
      Flow flow = Flow.random(random, false, Layers.UDP);
      frames.add(card.incoming().tags(tags).complete(flow, payload(random, 60)));
    }
    return frames;
  }

  private static byte[] payload(RandomGenerator random, int bytes) {
    byte[] made = new byte[bytes];
    random.nextBytes(made);
    return made;
  }
}
