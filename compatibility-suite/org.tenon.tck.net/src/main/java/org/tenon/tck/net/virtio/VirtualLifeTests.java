package org.tenon.tck.net.virtio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.pci.GuestFunction;
import org.tenon.kit.testing.virtio.GuestNicDriver;
import org.tenon.kit.testing.virtio.GuestNicFrame;
import org.tenon.kit.testing.virtio.GuestNicHeader;
import org.tenon.kit.testing.virtio.GuestNicOptions;
import org.tenon.kit.testing.virtio.GuestNicPair;
import org.tenon.kit.testing.virtio.RingDefect;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.Tier;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.Trait;

/** A virtio-net card whose guest fills its rings, breaks them, and takes it away in traffic. */
@InTier(Tier.VIRTUAL_HARDWARE)
public abstract class VirtualLifeTests extends NicTests {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int ROUNDS = 6;

  /** Every kind of ring, soon full. */
  private static final List<RingOptions> SHAPES =
      VirtualCard.SHAPES.stream()
          .map(all -> new RingOptions(64, all.packed(), all.indirect(), all.eventIndex()))
          .toList();

  /** Rings that are soon full. */
  private static final GuestNicOptions SMALL = VirtualCard.PLAIN.withShape(SHAPES.getFirst());

  private static final long NOBODY = 0xffff_ffffL;

  /** For the contract. */
  protected VirtualLifeTests() {}

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-098")
  void ringFullOfFrames() {
    for (RingOptions shape : SHAPES) {
      VirtualCard card = VirtualCard.open(trial(), SMALL.withShape(shape));
      RandomGenerator random = trial().random();
      GuestNicPair pair = card.guest().pair(0);
      for (int round = 0; round < ROUNDS; round++) {
        List<byte[]> frames = fillTransmit(card, pair, random);
        pair.kick();
        if (trial().loops()) {
          // What comes back while buffers are on their way to the driver may be dropped.
          expectSome(frames, card.drain());
        } else {
          card.expectLeft(frames);
        }
        if (!card.guest().awaitSent(0, trial().patience())) {
          throw trial().violation("every frame is given back", pair.inFlight() + " are not");
        }
      }
      card.transport().close();
    }
  }

  /** Puts frames into the ring until it is full. */
  private static List<byte[]> fillTransmit(
      VirtualCard card, GuestNicPair pair, RandomGenerator random) {
    List<byte[]> frames = new ArrayList<>();
    while (true) {
      byte[] frame = VirtualCard.plain(card.outgoing(), random, random.nextInt(60, 900));
      if (!pair.add(GuestNicHeader.NONE, frame)) {
        break;
      }
      frames.add(frame);
    }
    return frames;
  }

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.FRAMES_COME)
  @Clause("NET-098")
  void ringOutOfBuffers() {
    for (RingOptions shape : SHAPES) {
      VirtualCard card = unfilled(SMALL.withShape(shape));
      RandomGenerator random = trial().random();
      for (int round = 0; round < ROUNDS; round++) {
        card.guest().pair(0).fill(4);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < Card.BURST; i++) {
          frames.add(VirtualCard.plain(card.incoming(), random, random.nextInt(60, 900)));
        }
        card.put(frames);
        expectSome(frames, card.drain());
      }
      card.guest().refills(true);
      card.guest().pair(0).fill();
      // What the wire held back for want of buffers may still come.
      card.awaitBuffers();
      card.drain();
      card.expectArrival(List.of(VirtualCard.plain(card.incoming(), random, 500)));
      card.transport().close();
    }
  }

  /** Each frame that arrived is one that came, whole, and they are in order. */
  private void expectSome(List<byte[]> came, List<GuestNicFrame> arrived) {
    int next = 0;
    for (GuestNicFrame frame : arrived) {
      while (next < came.size() && !Arrays.equals(came.get(next), frame.bytes())) {
        next++;
      }
      if (next++ == came.size()) {
        throw trial()
            .violation(
                "each frame that arrives is one that came, in order",
                "one of %d bytes is not".formatted(frame.bytes().length));
      }
    }
  }

  /** A card whose receiveqs are empty. */
  private VirtualCard unfilled(GuestNicOptions options) {
    VirtualCard card = VirtualCard.open(trial(), options);
    card.guest().refills(false);
    card.guest().reset();
    return card;
  }

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-099")
  void malformedFrames() {
    expectSurvival(RingDefect.Request.NET_TRANSMIT);
  }

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-099")
  void malformedBuffers() {
    expectSurvival(RingDefect.Request.NET_RECEIVE);
  }

  private void expectSurvival(RingDefect.Request request) {
    for (RingOptions shape : SHAPES) {
      VirtualCard card = unfilled(SMALL.withShape(shape));
      GuestNicDriver guest = card.guest();
      RandomGenerator random = trial().random();
      for (RingDefect defect : RingDefect.values()) {
        RingOptions agreed = guest.device().ring(0).options();
        if (defect.fits(agreed, request)) {
          publish(guest, defect, request);
          guest.refills(true);
          card.restart();
          card.expectSent(List.of(VirtualCard.plain(card.outgoing(), random, 100)));
          guest.refills(false);
          guest.reset();
        }
      }
      card.transport().close();
    }
  }

  private void publish(GuestNicDriver guest, RingDefect defect, RingDefect.Request request) {
    GuestNicPair pair = guest.pair(0);
    int queue =
        request == RingDefect.Request.NET_TRANSMIT ? pair.transmitQueue() : pair.receiveQueue();
    guest.device().ring(queue).publishDefect(defect, request);
    guest.device().transport().notifyQueue(queue);
    boolean answered = guest.device().awaitUsed(queue, SOON) >= 0;
    if (!answered && !guest.device().needsReset()) {
      throw trial()
          .violation(
              "%s on %s ends in a used chain or in DEVICE_NEEDS_RESET"
                  .formatted(defect, guest.device().ring(queue).options()),
              "neither came");
    }
  }

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-100")
  void resetWithFramesInFlight() {
    for (RingOptions shape : SHAPES) {
      VirtualCard card = VirtualCard.open(trial(), SMALL.withShape(shape));
      GuestNicDriver guest = card.guest();
      RandomGenerator random = trial().random();
      for (int round = 0; round < ROUNDS; round++) {
        fillTransmit(card, guest.pair(0), random);
        guest.pair(0).kick();
        inject(card, random);
        guest.device().reset();
        byte[] before = card.ram();
        long interrupts = guest.device().interrupts();
        inject(card, random);
        boolean interrupted = guest.device().awaitInterrupt(interrupts, VirtualCard.QUIET);
        card.expectUntouched(before, "after a reset");
        if (interrupted) {
          throw trial().violation("no interrupt after a reset", "there was one");
        }
        card.restart();
        settle(card);
        expectServes(card, random);
      }
      card.transport().close();
    }
  }

  /** Has frames come in the midst of something, where the wire lets them. */
  private void inject(VirtualCard card, RandomGenerator random) {
    if (has(Wire.Ability.INJECTS)) {
      for (int i = 0; i < Card.BURST; i++) {
        card.wire().inject(VirtualCard.plain(card.incoming(), random, 60 + 10 * i));
      }
    }
  }

  private boolean has(Wire.Ability ability) {
    return subject().wiring().abilities().contains(ability);
  }

  /** Frames that were on their way when something was taken away may still be seen. */
  private static void settle(VirtualCard card) {
    card.drainLeft();
    card.drain();
  }

  private void expectServes(VirtualCard card, RandomGenerator random) {
    card.expectServes(random, true, has(Wire.Ability.INJECTS) || trial().loops());
  }

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-101")
  void withoutLeaveToMasterTheBusNothingLands() {
    VirtualCard card = VirtualCard.open(trial(), SMALL);
    GuestNicDriver guest = card.guest();
    GuestFunction function = card.transport().function();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      fillTransmit(card, guest.pair(0), random);
      guest.pair(0).kick();
      function.command(GuestFunction.MEMORY_SPACE);
      byte[] before = card.ram();
      inject(card, random);
      long interrupts = guest.device().interrupts();
      card.transport().notifyQueue(guest.pair(0).receiveQueue());
      boolean interrupted = guest.device().awaitInterrupt(interrupts, VirtualCard.QUIET);
      card.expectUntouched(before, "without leave to master the bus");
      if (interrupted) {
        throw trial().violation("no interrupt without leave to master the bus", "there was one");
      }
      function.command(GuestFunction.MEMORY_SPACE | GuestFunction.BUS_MASTER);
      settle(card);
      if (!guest.awaitSent(0, trial().patience())) {
        throw trial()
            .violation("every frame is given back once there is leave again", "some are not");
      }
      expectServes(card, random);
    }
  }

  /** The leave comes back to a card that was reset without it: what waited is forgotten. */
  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-101", "NET-100"})
  void resetWithoutLeaveToMasterTheBus() {
    VirtualCard card = VirtualCard.open(trial(), SMALL);
    GuestNicDriver guest = card.guest();
    GuestFunction function = card.transport().function();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      fillTransmit(card, guest.pair(0), random);
      guest.pair(0).kick();
      function.command(GuestFunction.MEMORY_SPACE);
      guest.device().reset();
      byte[] before = card.ram();
      function.command(GuestFunction.MEMORY_SPACE | GuestFunction.BUS_MASTER);
      inject(card, random);
      boolean _ = guest.device().awaitInterrupt(guest.device().interrupts(), VirtualCard.QUIET);
      card.expectUntouched(before, "after a reset");
      card.restart();
      settle(card);
      expectServes(card, random);
    }
  }

  @Test
  @Requires({Trait.LINK_CHANGES, "link-state"})
  @Clause("NET-102")
  void guestSeesLinkFlap() {
    boolean byWire = has(Wire.Ability.CHANGES_LINK);
    VirtualCard card =
        byWire
            ? VirtualCard.open(trial(), SMALL)
            : VirtualCard.open(trial(), Map.of(Trait.FLAP_KEY, "100"), SMALL);
    GuestNicDriver guest = card.guest();
    boolean up = card.config().linkUp();
    for (int i = 0; i < 6; i++) {
      long interrupts = guest.device().configurationInterrupts();
      if (byWire) {
        card.wire().setLink(!up);
      }
      awaitLink(card, !up, interrupts);
      up = !up;
    }
  }

  /** Waits for configuration interrupts until one tells of the link as it is to be. */
  private void awaitLink(VirtualCard card, boolean up, long interrupts) {
    long seen = interrupts;
    long end = System.nanoTime() + trial().patience().toNanos();
    do {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!card.guest().awaitConfigurationInterrupt(seen, left)) {
        throw trial()
            .violation(
                "a configuration interrupt tells that the link is " + (up ? "up" : "down"),
                "none did, and the guest reads " + card.guest().config());
      }
      seen++;
    } while (card.guest().config().linkUp() != up);
  }

  @Test
  @AtLevel(Level.L2)
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-103")
  void pulledOutInTraffic() {
    for (RingOptions shape : SHAPES) {
      VirtualCard card = VirtualCard.open(trial(), SMALL.withShape(shape));
      VirtualCard other = VirtualCard.open(trial(), SMALL);
      RandomGenerator random = trial().random();
      fillTransmit(card, card.guest().pair(0), random);
      card.guest().pair(0).kick();
      inject(card, random);
      card.transport().machine().pull();
      byte[] before = card.ram();
      long interrupts = card.guest().device().interrupts();
      long identity = card.transport().machine().readConfig(0, 4);
      if (identity != NOBODY) {
        throw trial()
            .violation(
                "nobody answers in the configuration space of a card that is gone",
                "its first register reads as 0x%08x".formatted(identity));
      }
      boolean _ = card.guest().device().awaitInterrupt(interrupts, VirtualCard.QUIET);
      card.expectUntouched(before, "after the card was pulled out");
      expectServes(other, random);
      card.transport().close();
      other.transport().close();
    }
  }
}
