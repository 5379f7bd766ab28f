package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Segmentation;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** What a driver takes from an offer, and that it holds to it. */
public abstract class NegotiationTests extends NicTests {
  private static final int OFFERS = 200;
  private static final Capability UNHEARD_OF = Capability.of("x-not-in-any-version");
  private static final ClauseId PURE = ClauseId.parse("NET-002");

  /** For the contract. */
  protected NegotiationTests() {}

  @Test
  @KeepsData
  @Clause({"NET-001", "NET-002"})
  void agreementIsPartOfTheOffer() {
    RandomGenerator random = trial().random();
    for (int i = 0; i < OFFERS; i++) {
      NicOffer offer = randomOffer(random);
      String first = answer(offer);
      String second = answer(offer);
      if (!first.equals(second)) {
        throw new ClauseViolated(
            PURE, "the same answer to the same " + offer, first + ", then " + second);
      }
    }
  }

  @Test
  @Clause("NET-003")
  void smallestOffer() {
    Wire wire = trial().wire();
    NicOffer smallest = NicOffer.of(Set.of(), 1, 1);
    try {
      NicHarness harness = trial().harness(wire).offer(smallest).open();
      Card card = trial().adopt(wire, harness);
      wire.attached();
      for (int bytes : new int[] {60, 1000, card.properties().maxFrameBytes()}) {
        card.expectSent(0, List.of(card.plain(trial().random(), bytes)));
      }
    } catch (DriverException e) {
      String reason = e.getMessage();
      if (reason == null || reason.isBlank() || reason.lines().count() > 1) {
        throw trial()
            .violation("a refusal that says in one line what is needed", "it said: " + reason, e);
      }
    }
  }

  @Test
  @KeepsData
  @Clause("NET-004")
  void unknownCapabilityIsIgnored() throws DriverException {
    Set<Capability> more = new TreeSet<>(NicCapabilities.ALL);
    more.add(UNHEARD_OF);
    NicAgreement plain = subject().factory().negotiate(NicOffer.of(NicCapabilities.ALL, 4, 256));
    NicAgreement odd = subject().factory().negotiate(NicOffer.of(more, 4, 256));
    if (!plain.toString().equals(odd.toString())) {
      throw trial()
          .violation(
              "the same agreement with and without an unknown capability", plain + " and " + odd);
    }
  }

  /** The checking host looks at every frame that arrives for words that were not agreed. */
  @Test
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause("NET-005")
  void undeclaredIsNotDone() {
    RandomGenerator random = trial().random();
    for (Capability withheld : NicCapabilities.ALL) {
      exchange(trial().open(NicTrial.offer(2, withheld)), random);
    }
    exchange(trial().open(NicOffer.of(Set.of(), 2, 64)), random);
  }

  /** Each offload that was taken is asked for once; the groups of their own look closer. */
  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-006")
  void declaredWorks() {
    Card card = trial().open(NicTrial.plainReceive(2));
    RandomGenerator random = trial().random();
    byte[] payload = new byte[1000];
    random.nextBytes(payload);
    FrameMaker maker = card.outgoing();
    if (card.agreement().has(NicCapabilities.TRANSMIT_CHECKSUM)) {
      byte[] frame = maker.partial(Flow.random(random, false, Layers.TCP), payload);
      long offload = FrameMaker.checksumOf(frame);
      int start = Layers.of(frame).transport();
      card.expectSent(
          0, NicFrame.of(frame).offload(offload), List.of(Checksums.complete(frame, start, 16)));
    }
    for (boolean ipv6 : new boolean[] {false, true}) {
      Capability cuts = ipv6 ? NicCapabilities.TRANSMIT_TCP6 : NicCapabilities.TRANSMIT_TCP4;
      if (card.agreement().has(cuts)) {
        byte[] frame = maker.partial(Flow.random(random, ipv6, Layers.TCP), payload);
        long offload = FrameMaker.cuttingOf(frame, 300, false);
        card.expectSent(0, NicFrame.of(frame).offload(offload), Segmentation.cut(frame, offload));
      }
    }
  }

  @Test
  @KeepsData
  @Clause("NET-078")
  void usesSeveralPairs() {
    if (trial().open().agreement().queuePairs() < 2) {
      throw trial().violation("more than one of four pairs of queues", "one was taken");
    }
  }

  private void exchange(Card card, RandomGenerator random) {
    List<byte[]> sent = new ArrayList<>();
    List<byte[]> come = new ArrayList<>();
    for (boolean ipv6 : new boolean[] {false, true}) {
      for (int protocol : new int[] {Layers.TCP, Layers.UDP}) {
        byte[] payload = new byte[random.nextInt(1, 1400)];
        random.nextBytes(payload);
        sent.add(card.outgoing().complete(Flow.random(random, ipv6, protocol), payload));
        come.add(card.incoming().complete(Flow.random(random, ipv6, protocol), payload));
      }
    }
    card.expectSent(card.agreement().queuePairs() - 1, sent);
    card.come(come);
    card.close();
  }

  private String answer(NicOffer offer) {
    try {
      NicAgreement agreement = subject().factory().negotiate(offer);
      if (!agreement.isWithin(offer)) {
        throw trial().violation("part of the " + offer, "it answered with the " + agreement);
      }
      return agreement.toString();
    } catch (DriverException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static NicOffer randomOffer(RandomGenerator random) {
    Set<Capability> offered = new TreeSet<>();
    for (Capability capability : NicCapabilities.ALL) {
      if (random.nextBoolean()) {
        offered.add(capability);
      }
    }
    if (random.nextInt(4) == 0) {
      offered.add(UNHEARD_OF);
    }
    return NicOffer.of(offered, random.nextInt(1, 9), 1 << random.nextInt(0, 11));
  }
}
