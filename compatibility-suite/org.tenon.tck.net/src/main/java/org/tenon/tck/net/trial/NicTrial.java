package org.tenon.tck.net.trial;

import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;
import org.tenon.tck.core.driver.Trial;
import org.tenon.tck.core.run.NotRun;
import org.tenon.tck.core.run.RunContext;
import org.tenon.tck.net.subject.NicSubject;

/**
 * One test's wires, cards and random choices. For the test's thread. Whatever is opened through it
 * is closed when the test ends, and every fault that the checking host saw fails the test, by the
 * clause it broke.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicTrial extends Trial {
  private static final int DEPTH = 256;

  private final NicSubject subject;
  private final List<Wire> wires = new ArrayList<>();
  private final List<NicHarness> harnesses = new ArrayList<>();

  NicTrial(NicSubject subject, RunContext run, Method test) {
    super(run, test);
    this.subject = subject;
  }

  /** The driver under test. */
  public NicSubject subject() {
    return subject;
  }

  /** Whether what is sent comes back to the card. */
  public boolean loops() {
    return subject.wiring().abilities().contains(Wire.Ability.LOOPS);
  }

  /** How long the suite waits for something that must come. */
  public Duration patience() {
    return subject.deadlines().request();
  }

  /** Everything but some capabilities, on so many pairs. */
  public static NicOffer offer(int pairs, Capability... withheld) {
    TreeSet<Capability> offered = new TreeSet<>(NicCapabilities.ALL);
    Arrays.asList(withheld).forEach(offered::remove);
    return NicOffer.of(offered, pairs, DEPTH);
  }

  /**
   * An offer with which frames arrive as they came by the wire: no word on checksums, not joined.
   */
  public static NicOffer plainReceive(int pairs) {
    return offer(pairs, NicCapabilities.RECEIVE_CHECKSUM, NicCapabilities.RECEIVE_JOINED);
  }

  /** Lays a wire, which is taken away when the test ends. */
  public Wire wire() {
    try {
      Wire wire = subject.wiring().lay(folder());
      wires.add(wire);
      return wire;
    } catch (IOException e) {
      throw new NotRun(
          "a %s cannot be laid: %s".formatted(subject.wiring().title(), e.getMessage()));
    }
  }

  /** Opens a card on a wire of its own, everything offered. */
  public Card open() {
    return open(offer(4));
  }

  /** Opens a card on a wire of its own. */
  public Card open(NicOffer offer) {
    return open(builder -> builder.offer(offer));
  }

  /** Opens a card on a wire of its own, in other circumstances. */
  public Card open(UnaryOperator<NicHarness.Builder> circumstances) {
    Wire wire = wire();
    try {
      Card card = adopt(wire, circumstances.apply(harness(wire)).open());
      wire.attached();
      return card;
    } catch (DriverException e) {
      throw violation("the driver opens", "it refused: " + e.getMessage(), e);
    }
  }

  /** Opens a card whose link changes by itself, where the wire does not change it. */
  public Card openChanging(UnaryOperator<NicHarness.Builder> circumstances) {
    boolean byWire = subject.wiring().abilities().contains(Wire.Ability.CHANGES_LINK);
    return byWire
        ? open(circumstances)
        : open(builder -> circumstances.apply(builder.settings(Map.of(Trait.FLAP_KEY, "5"))));
  }

  /** Begins a harness for the driver under test, with the suite's patience. */
  public NicHarness.Builder harness(Wire wire) {
    return NicHarness.of(subject.factory())
        .settings(wire.settings())
        .deadlines(subject.deadlines())
        .patience(patience().multipliedBy(2))
        .lenient();
  }

  /** Watches over a harness that the test opened itself. */
  public Card adopt(Wire wire, NicHarness harness) {
    harnesses.add(harness);
    return new Card(this, wire, harness);
  }

  @Override
  protected List<Fault> closeDrivers() {
    harnesses.forEach(NicHarness::close);
    return harnesses.stream().flatMap(harness -> harness.faults().stream()).toList();
  }

  @Override
  protected void giveBack() {
    wires.forEach(Wire::close);
  }
}
