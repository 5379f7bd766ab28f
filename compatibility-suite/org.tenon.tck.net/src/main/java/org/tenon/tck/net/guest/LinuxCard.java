package org.tenon.tck.net.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestHost;
import org.tenon.kit.testing.guest.GuestLost;
import org.tenon.kit.testing.guest.GuestNic;
import org.tenon.kit.testing.guest.GuestPlan;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.GuestWork;
import org.tenon.kit.testing.wire.Station;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicProperties;
import org.tenon.tck.core.guest.GuestScript;
import org.tenon.tck.core.guest.GuestShare;
import org.tenon.tck.core.run.NotRun;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTrial;

/** A booted Linux whose network card the driver serves, and the wires that its cards lie on. */
final class LinuxCard implements GuestShare.Shared {
  /** The functions that the guest has. */
  static final String SCRIPT = "net.sh";

  /** The VLAN in which far answers too, and one in which somebody else does. */
  static final int VLAN = 5;

  static final int OTHER_VLAN = 6;

  /** Random bytes that the guest has, in {@code /tck/data}. */
  private static final int DATA = 2 << 20;

  /** How many of them are in {@code /tck/head}. */
  private static final int HEAD = 64 << 10;

  /** What the driver says of a card when the kit asks it. */
  record Facts(NicProperties properties, NicAgreement agreement) {
    /** The most pairs of queues that a guest can have: without steering nobody tells them apart. */
    int pairs() {
      return agreement.has(NicCapabilities.STEERING) ? agreement.queuePairs() : 1;
    }
  }

  private final Path folder;
  private final Set<Wire.Ability> abilities;
  private final byte[] data = new byte[DATA];
  private final List<AutoCloseable> ends = new ArrayList<>();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private @Nullable Facts facts;
  private @Nullable Wire wire;
  private @Nullable Guest guest;

  private LinuxCard(NicTrial trial) {
    abilities = trial.subject().wiring().abilities();
    trial.runSeed().derive("LinuxCard").random().nextBytes(data);
    try {
      folder = Files.createTempDirectory("tenon-guest-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Boots.
   *
   * @param trial the first test that works with it
   */
  static LinuxCard boot(NicTrial trial) {
    GuestHost host =
        GuestHost.find()
            .orElseThrow(() ->
                new NotRun(
                    "no hypervisor provides "
                        + GuestHost.class.getName()
                        + " here; 'tenon certify --tier guest' brings one"));
    trial.evidence().note("guest", host.name());
    LinuxCard card = new LinuxCard(trial);
    try {
      card.start(trial, host);
      return card;
    } catch (RuntimeException | Error e) {
      card.close();
      throw e;
    }
  }

  private void start(NicTrial trial, GuestHost host) {
    Wire laid = lay(trial, 0);
    wire = laid;
    facts = ask(trial, laid);
    GuestPlan plan =
        GuestScript.putInto(
            GuestPlan.with(peripheral(trial, "main", laid, Map.of()))
                .withFile("/tck/data", data)
                .withFile("/tck/head", head()),
            SCRIPT,
            LinuxCard.class.getResourceAsStream(SCRIPT));
    try {
      Guest booted = host.boot(hasStation() ? plan.withPatience() : plan);
      guest = booted;
      laid.attached();
      booted.perform(GuestWork.of(". /tck/%s; begin".formatted(SCRIPT)));
    } catch (GuestUnavailable e) {
      throw new NotRun(String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      throw trial.violation(
          "the driver opens as a guest's card", "it refused: " + e.getMessage(), e);
    } catch (GuestLost e) {
      throw GuestScript.lost(trial, "Linux boots with the driver as its network card", e);
    }
  }

  /** A wire whose far end, where it has a station, answers in that net. */
  private Wire lay(NicTrial trial, int net) {
    try {
      Wire laid = trial.subject().wiring().lay(folder);
      ends.add(laid);
      if (hasStation()) {
        Station station = laid.station();
        station.answer(0, "10.77.%d.2/24".formatted(net), "fd77:%d::2/64".formatted(net));
        if (net == 0 && abilities.contains(Wire.Ability.HAS_STATION_IN_VLANS)) {
          station.answer(VLAN, "10.77.%d.2/24".formatted(VLAN), "fd77:%d::2/64".formatted(VLAN));
          station.answer(OTHER_VLAN, "10.77.%d.3/24".formatted(OTHER_VLAN));
        }
        ends.add(new FarEnd(station, data, head()));
      }
      return laid;
    } catch (IOException e) {
      throw new NotRun(
          "a %s cannot be laid: %s".formatted(trial.subject().wiring().title(), e.getMessage()));
    }
  }

  private static Facts ask(NicTrial trial, Wire laid) {
    try {
      Card direct = trial.adopt(laid, trial.harness(laid).offer(NicTrial.offer(4)).open());
      Facts told = new Facts(direct.properties(), direct.agreement());
      direct.close();
      return told;
    } catch (DriverException e) {
      throw trial.violation("the driver opens", "it refused: " + e.getMessage(), e);
    }
  }

  private GuestNic peripheral(NicTrial trial, String name, Wire laid, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(laid.settings());
    settings.putAll(more);
    return GuestNic.of(name, trial.subject().factory(), settings)
        .withDeadlines(trial.subject().deadlines())
        .withFaults(faults::add);
  }

  /** Whether far is a station at the wire's own other end. */
  boolean hasStation() {
    return abilities.contains(Wire.Ability.HAS_STATION);
  }

  /** Whether near and far can talk at all. */
  boolean converses() {
    return hasStation() || abilities.contains(Wire.Ability.LOOPS);
  }

  /** Whether what leaves can be looked at. */
  boolean wireShows() {
    return abilities.contains(Wire.Ability.OBSERVES);
  }

  /** The guest. */
  Guest guest() {
    return Objects.requireNonNull(guest, "the guest has not been booted");
  }

  /** What the driver says of the card. */
  Facts facts() {
    return Objects.requireNonNull(facts, "the driver has not been asked");
  }

  /** The wire of the card that was there first. */
  Wire wire() {
    return Objects.requireNonNull(wire, "no wire has been laid");
  }

  /** Another card on a wire of its own, which the test plugs in itself. */
  record Further(GuestNic peripheral, Wire wire) {}

  /**
   * Another card.
   *
   * @param net in which far answers on its wire
   */
  Further further(NicTrial trial, int net, Map<String, String> settings) {
    Wire laid = lay(trial, net);
    return new Further(peripheral(trial, "further", laid, settings), laid);
  }

  /** What {@code /tck/data} holds. */
  byte[] data() {
    return data;
  }

  /** What {@code /tck/head} holds. */
  byte[] head() {
    return Arrays.copyOf(data, HEAD);
  }

  /** Hands the faults that the hypervisor has seen since the last time to the test at hand. */
  void reportTo(NicTrial trial) {
    for (Fault fault = faults.poll(); fault != null; fault = faults.poll()) {
      trial.report(fault);
    }
  }

  @Override
  public void close() {
    if (guest != null) {
      guest.close();
    }
    for (AutoCloseable end : ends.reversed()) {
      try {
        end.close();
      } catch (Exception e) {
        throw new IllegalStateException("cleaning up after the guest failed", e);
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
