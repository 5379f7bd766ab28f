package org.tenon.tck.net.guest;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.guest.GuestOutput;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.GuestWork;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicProperties;
import org.tenon.tck.core.guest.GuestScript;
import org.tenon.tck.core.run.NotRun;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** What Linux must find of a network card. For one test and its thread. */
final class CardChecks {
  /**
   * Linux's driver sends and tells a card its filter to the last, also one that the test has pulled
   * out; one of its lines ends with another that holds a full stop alone.
   */
  private static final Pattern WORD_TO_A_CARD_THAT_WENT =
      Pattern.compile(
          "virtio_net virtio\\d+( \\w+)?: Failed to .*|\\.|net \\w+: Failed to kill VLAN ID \\d+\\."
              + "|net \\w+: Unexpected TXQ \\(\\d+\\) queue failure: -5");

  /** The test asks for one that no card may have. */
  private static final Pattern TOO_LONG_AN_MTU =
      Pattern.compile("\\w+: mtu greater than device maximum");

  private static final ClauseId QUIET = ClauseId.parse("NET-088");

  /** The nets in which near and far talk: on the card, in its VLANs, and on a further card. */
  private static final int NET = 0;

  private static final int FURTHER_NET = 1;

  private static final int STREAMS = 8;
  private static final int FLAPS = 6;
  private static final int FLUTTERS = 20;
  private static final int PING_HEADERS = 28;
  private static final int WORDS = 3;
  private static final int DNS_AT = 8;
  private static final int DNS_NAME_AT = DNS_AT + 12;

  /** A packet of IPv4 and UDP without data, and what traceroute puts in at least. */
  private static final int SHORTEST_DATAGRAM = 46;

  private final NicTrial trial;
  private final LinuxCard card;
  private final GuestScript linux;
  private final String way;
  private boolean plugged;

  CardChecks(NicTrial trial, LinuxCard card) {
    this.trial = trial;
    this.card = card;
    this.linux = new GuestScript(trial, card.guest(), LinuxCard.SCRIPT, QUIET);
    this.way = card.hasStation() ? "ends" : "loops";
    trial.keep(() -> card.reportTo(trial));
  }

  private static String far(int net) {
    return "10.77.%d.2".formatted(net);
  }

  private static String far6(int net) {
    return "fd77:%d::2".formatted(net);
  }

  private NicProperties properties() {
    return card.facts().properties();
  }

  private boolean has(Capability capability) {
    return card.facts().agreement().has(capability);
  }

  /** The end of every test. */
  void end() {
    linux.end();
  }

  void isFound() {
    GuestOutput seen = linux.run("facts", "main");
    linux.expectEqual("address", properties().address().toString(), linux.value(seen, "address"));
    linux.expectEqual("MTU", String.valueOf(properties().maxMtu()), linux.value(seen, "mtu"));
    linux.expectEqual("driver", "virtio_net", linux.value(seen, "driver"));
    linux.expectEqual("link is up", "1", linux.value(seen, "carrier"));
    linux.expectEqual(
        "pairs of queues", String.valueOf(card.facts().pairs()), linux.value(seen, "pairs"));
    expectOffload(seen, "tx-checksum-ip-generic", has(NicCapabilities.TRANSMIT_CHECKSUM));
    expectOffload(seen, "tx-tcp-segmentation", has(NicCapabilities.TRANSMIT_TCP4));
    expectOffload(seen, "tx-tcp6-segmentation", has(NicCapabilities.TRANSMIT_TCP6));
    expectOffload(seen, "rx-vlan-filter", has(NicCapabilities.VLAN_FILTER));
  }

  private void expectOffload(GuestOutput seen, String name, boolean agreed) {
    linux.expectEqual(name, agreed ? "on" : "off", linux.value(seen, name));
  }

  void carriesEveryLength() {
    meet("main", NET, 0);
    int longest = properties().maxMtu() - PING_HEADERS;
    List<Object> arguments = new ArrayList<>(List.of(NET, far(NET)));
    RandomGenerator random = trial.random();
    IntStream.of(0, 1, 17, 18, 19, longest - 1, longest, longest + 1, 2 * longest, 20_000)
        .forEach(arguments::add);
    IntStream.range(0, 4).map(i -> random.nextInt(longest)).forEach(arguments::add);
    linux.run("lengths", arguments.toArray());
    linux.run("lengths", NET, far6(NET), 8, longest - 20, longest);
    linux.allow(TOO_LONG_AN_MTU);
    linux.run("mtu", "main", properties().maxMtu());
  }

  void carriesStreams() {
    meet("main", NET, 0);
    linux.run("offloads", "main", "on");
    streams(NET, far(NET), "data", card.data());
    streams(NET, far6(NET), "head", card.head());
  }

  void carriesStreamsThatLinuxFinishes() {
    meet("main", NET, 0);
    linux.run("offloads", "main", "off");
    streams(NET, far(NET), "head", card.head());
    linux.run("offloads", "main", "on");
  }

  private void streams(int net, String address, String file, byte[] bytes) {
    GuestOutput output = linux.run("streams", net, address, file);
    String sum = FarEnd.sumOf(bytes);
    linux.expectEqual(
        "the sum of %d bytes that far was sent".formatted(bytes.length),
        sum,
        linux.value(output, "sent"));
    linux.expectEqual(
        "the sum of %d bytes from far".formatted(bytes.length),
        sum,
        linux.value(output, "fetched"));
  }

  private void meet(String name, int net, int vlan) {
    linux.run("meet", name, way, net, vlan);
  }

  /** Words that nobody has said before, which the wire must show. */
  void isSeenOnTheWire() {
    RandomGenerator random = trial.random();
    Set<String> words = new TreeSet<>();
    while (words.size() < WORDS) {
      words.add("w" + Long.toUnsignedString(random.nextLong(), Character.MAX_RADIX));
    }
    Set<Integer> lengths =
        new TreeSet<>(List.of(SHORTEST_DATAGRAM, SHORTEST_DATAGRAM + 1, properties().maxMtu() - 1));
    lengths.add(properties().maxMtu());
    say(words, lengths);
  }

  private void say(Set<String> words, Set<Integer> lengths) {
    forgetWhatPassed();
    linux.run(
        "utter",
        "main",
        Card.PEER,
        String.join(" ", words),
        lengths.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    Set<String> missing = new TreeSet<>(words);
    Set<Integer> awaited = new TreeSet<>(lengths);
    while (!missing.isEmpty() || !awaited.isEmpty()) {
      Optional<byte[]> frame = card.wire().observe(trial.patience());
      if (frame.isEmpty()) {
        throw trial.violation(
            "the wire shows the words %s and datagrams of %s bytes".formatted(words, lengths),
            "it does not show %s and %s".formatted(missing, awaited));
      }
      look(frame.get(), missing, awaited);
    }
  }

  /** A wire that is full of what nobody has looked at shows nothing more. */
  private void forgetWhatPassed() {
    Optional<byte[]> passed;
    do {
      passed = card.wire().observe(Duration.ZERO);
    } while (passed.isPresent());
  }

  private void look(byte[] frame, Set<String> missing, Set<Integer> awaited) {
    Layers layers = Layers.of(frame);
    if (!isFromTheCardToThePeer(frame) || layers.protocol() != Layers.UDP) {
      return;
    }
    if (!Checksums.areRight(frame)) {
      throw trial.violation(
          "a datagram leaves with right checksums",
          "one of %d bytes did not".formatted(frame.length));
    }
    awaited.remove(layers.end() - layers.network());
    int name = layers.transport() + DNS_NAME_AT;
    if (name < frame.length) {
      int from = name + 1;
      int to = Math.min(frame.length, from + (frame[name] & 0xff));
      missing.remove(new String(frame, from, to - from, StandardCharsets.US_ASCII));
    }
  }

  private boolean isFromTheCardToThePeer(byte[] frame) {
    for (int i = 0; i < 6; i++) {
      if ((frame[i] & 0xff) != Card.PEER.octet(i)
          || (frame[6 + i] & 0xff) != properties().address().octet(i)) {
        return false;
      }
    }
    return true;
  }

  void keepsVlansApart() {
    meet("main", LinuxCard.VLAN, LinuxCard.VLAN);
    meet("main", LinuxCard.OTHER_VLAN, LinuxCard.OTHER_VLAN);
    int longest = properties().maxMtu() - PING_HEADERS;
    linux.run("lengths", LinuxCard.VLAN, far(LinuxCard.VLAN), 18, longest, longest + 1);
    streams(LinuxCard.VLAN, far(LinuxCard.VLAN), "head", card.head());
    linux.run("silence", LinuxCard.VLAN, far(LinuxCard.OTHER_VLAN));
  }

  void spreadsOverItsQueues() {
    meet("main", NET, 0);
    for (int pairs : List.of(1, card.facts().pairs())) {
      GuestOutput output = linux.run("spread", "main", NET, far(NET), pairs, STREAMS);
      String sum = FarEnd.sumOf(card.head());
      linux.expectEqual(
          "%d streams over %d pairs of queues".formatted(STREAMS, pairs),
          Collections.nCopies(STREAMS, sum),
          output.values("sent"));
      if (pairs == card.facts().pairs() && output.values("used").size() < 2) {
        throw trial.violation(
            "streams arrive on several queues", "they arrived on " + output.values("used"));
      }
    }
  }

  /** Whether the card serves, by whatever can be seen of that. */
  private void serves(String name, int net) {
    if (card.converses()) {
      meet(name, net, 0);
      streams(net, far(net), "head", card.head());
    } else if (net == NET && card.wireShows()) {
      say(Set.of("w" + trial.random().nextInt(Integer.MAX_VALUE)), Set.of());
    }
  }

  /** Arguments of a function that makes traffic: a card, its net, and far's address or none. */
  private Object[] traffic(String name, int net, Object... more) {
    List<Object> all = new ArrayList<>(List.of(name, net, card.converses() ? far(net) : ""));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  void outlivesItsDriver(int times) {
    serves("main", NET);
    for (int time = 0; time < times; time++) {
      linux.run("rebind", traffic("main", NET));
      serves("main", NET);
    }
  }

  void outlivesBeingBroughtDown(int times) {
    serves("main", NET);
    linux.run("toggle", traffic("main", NET, times));
    serves("main", NET);
  }

  void outlivesRemoval(int times) {
    serves("main", NET);
    for (int time = 0; time < times; time++) {
      linux.run("remove", traffic("main", NET));
      serves("main", NET);
    }
  }

  /** A card that comes while Linux runs, and goes without a word. */
  void outlivesBeingPulled() {
    LinuxCard.Further further = card.further(trial, FURTHER_NET, Map.of());
    trial.keep(this::pull);
    plug(further);
    linux.run("facts", "further");
    serves("further", FURTHER_NET);
    linux.run(linux.work("pulled", traffic("further", FURTHER_NET)).at("pull", this::pull));
    plug(further);
    linux.run("facts", "further");
    serves("further", FURTHER_NET);
    pull();
    serves("main", NET);
  }

  private void plug(LinuxCard.Further further) {
    try {
      card.guest().plug(further.peripheral());
      plugged = true;
      further.wire().attached();
    } catch (DriverException e) {
      throw trial.violation(
          "the driver opens while Linux runs", "it refused: " + e.getMessage(), e);
    } catch (GuestUnavailable e) {
      throw new NotRun(String.valueOf(e.getMessage()));
    }
  }

  private void pull() {
    if (plugged) {
      plugged = false;
      linux.allow(WORD_TO_A_CARD_THAT_WENT);
      card.guest().yank("further");
    }
  }

  void outlivesItsLink() {
    if (trial.subject().wiring().abilities().contains(Wire.Ability.CHANGES_LINK)) {
      serves("main", NET);
      Wire wire = card.wire();
      GuestWork storm = linux.work("flaps", traffic("main", NET, FLAPS));
      linux.run(storm.at("down", () -> wire.setLink(false)).at("up", () -> wire.setLink(true)));
    } else {
      LinuxCard.Further fluttering = card.further(trial, FURTHER_NET, Map.of(Trait.FLAP_KEY, "5"));
      trial.keep(this::pull);
      plug(fluttering);
      linux.run("flutters", "further", FLUTTERS);
      pull();
    }
    serves("main", NET);
  }
}
