package org.tenon.tck.net.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicLink;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** A link that goes up and down. */
public abstract class LinkTests extends NicTests {
  private static final int CHANGES = 40;

  /** For the contract. */
  protected LinkTests() {}

  @Test
  @Requires({Trait.LINK_CHANGES, "link-state"})
  @Clause({"NET-062", "NET-008"})
  void changesAreTold() {
    Card card = trial().openChanging(b -> b.offer(NicTrial.plainReceive(1)));
    // A link that changes by itself may have done so, told of, before it is asked.
    boolean up = isWireSteady() ? card.harness().link().up() : told(card).up();
    for (int i = 0; i < 6; i++) {
      change(card, !up);
      NicLink told = told(card);
      if (told.up() == up) {
        throw trial().violation("the link is told to be " + (up ? "down" : "up"), "it is " + told);
      }
      up = told.up();
    }
    card.harness().quiesce();
    card.harness().resume();
  }

  @Test
  @Requires({Trait.LINK_CHANGES, Trait.SEEN_SENDING, "link-state"})
  @Clause("NET-063")
  void nothingLeavesWhileTheLinkIsDown() {
    Card card = trial().openChanging(b -> b.offer(NicTrial.plainReceive(1)));
    RandomGenerator random = trial().random();
    List<byte[]> refused = new ArrayList<>();
    List<byte[]> left = new ArrayList<>();
    for (int i = 0; i < 60 || refused.isEmpty(); i++) {
      if (i % 10 == 0) {
        changeAndHear(card, i % 20 == 0);
      }
      NicLink before = card.harness().link();
      byte[] frame = card.plain(random, 60 + i % 100);
      card.harness().awaitBuffers();
      Sending sending = card.harness().transmit(0, NicFrame.of(frame));
      card.expectStatus(sending, Status.OK, Status.NOT_READY);
      boolean ok = sending.await() == Status.OK;
      boolean steady = isWireSteady();
      if (steady && ok != before.up()) {
        throw trial()
            .violation(
                "a frame comes back as %s while the link is %s"
                    .formatted(before.up() ? "OK" : "NOT_READY", before.up() ? "up" : "down"),
                "it came back as " + Status.name(sending.await()));
      }
      if (ok) {
        left.addAll(card.nextLeft(trial().patience()));
      } else {
        refused.add(frame);
      }
    }
    left.addAll(card.drainLeft());
    for (byte[] frame : left) {
      if (refused.stream().anyMatch(other -> Arrays.equals(other, frame))) {
        throw trial().violation("a frame that came back as NOT_READY does not leave", "one left");
      }
    }
  }

  @Test
  @Requires({Trait.LINK_CHANGES, Trait.SEEN_SENDING, "link-state"})
  @Clause({"NET-064", "NET-062", "NET-025"})
  void linkFlapStorm() {
    Card card = trial().openChanging(b -> b.offer(NicTrial.plainReceive(2)));
    RandomGenerator random = trial().random();
    List<Sending> sendings = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      change(card, i % 2 == 1);
      for (int pair = 0; pair < card.agreement().queuePairs(); pair++) {
        sendings.addAll(
            card.harness()
                .transmit(
                    pair,
                    List.of(
                        NicFrame.of(card.plain(random, 100)),
                        NicFrame.of(card.plain(random, 1000)))));
      }
      if (!isWireSteady()) {
        told(card);
      }
    }
    sendings.forEach(sending -> card.expectStatus(sending, Status.OK, Status.NOT_READY));
    expectLastWordTrue(card);
    card.drainLeft();
    expectServes(card, random);
    // The checking host asks for the link again, and for every frame and buffer.
    card.harness().reset();
    card.close();
  }

  /** With a link that changes by itself, a driver without leave to tell refuses or keeps quiet. */
  @Test
  @Requires(Trait.LINK_CHANGES)
  @Clause({"NET-005", "NET-008"})
  void changesAreNotToldWithoutLeave() {
    Wire wire = trial().wire();
    try {
      Card card =
          trial()
              .adopt(
                  wire,
                  trial()
                      .harness(wire)
                      .offer(NicTrial.offer(1, NicCapabilities.LINK_STATE))
                      .open());
      wire.attached();
      change(card, false);
      change(card, true);
      expectServes(card, trial().random());
    } catch (DriverException e) {
      throw trial().violation("the driver opens without link-state", "it refused", e);
    }
  }

  private boolean isWireSteady() {
    return subject().wiring().abilities().contains(Wire.Ability.CHANGES_LINK);
  }

  /** Has the wire change; a driver whose link changes by itself needs no help. */
  private void change(Card card, boolean up) {
    if (isWireSteady()) {
      card.wire().setLink(up);
    }
  }

  private void changeAndHear(Card card, boolean up) {
    if (card.harness().link().up() != up || !isWireSteady()) {
      change(card, up);
      told(card);
    }
  }

  private NicLink told(Card card) {
    return card.harness()
        .linkChange(trial().patience())
        .orElseThrow(() ->
            trial()
                .violation(
                    "a change of the link is told",
                    "none was within %d s".formatted(trial().patience().toSeconds())));
  }

  private void expectLastWordTrue(Card card) {
    if (!isWireSteady()) {
      return;
    }
    card.wire().setLink(false);
    card.wire().setLink(true);
    NicLink last = card.harness().link();
    long end = System.nanoTime() + trial().patience().toNanos();
    while (!last.up() && System.nanoTime() < end) {
      Optional<NicLink> next = card.harness().linkChange(Duration.ofMillis(20));
      last = next.orElse(card.harness().link());
    }
    if (!card.harness().link().up()) {
      throw trial()
          .violation("the link is up after the storm", "the driver says " + card.harness().link());
    }
  }

  private void expectServes(Card card, RandomGenerator random) {
    Set<Integer> allowed = Set.of(Status.OK, Status.NOT_READY);
    for (int attempt = 0; attempt < 1000; attempt++) {
      byte[] frame = card.plain(random, 333);
      card.harness().awaitBuffers();
      int status = card.harness().transmit(0, NicFrame.of(frame)).await();
      if (status == Status.OK) {
        card.expectLeft(List.of(frame));
        return;
      }
      if (!allowed.contains(status) || isWireSteady()) {
        throw trial()
            .violation("frames pass after the storm", "one came back as " + Status.name(status));
      }
      card.harness().linkChange(Duration.ofMillis(20));
    }
    throw trial().violation("frames pass after the storm", "none did in 1000 attempts");
  }
}
