package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicSteering;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** L2: control calls in the middle of traffic, and frames that make no sense. */
@AtLevel(Level.L2)
public abstract class RobustnessTests extends NicTests {
  private static final int ROUNDS = 10;

  /** For the contract. */
  protected RobustnessTests() {}

  @Test
  @Clause({"NET-071", "DRV-012", "NET-025", "NET-026"})
  void resetReleasesBuffers() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      card.harness().awaitBuffers();
      List<Sending> sendings = flood(card, random, 200);
      card.harness().reset();
      sendings.forEach(
          sending -> card.expectStatus(sending, Status.OK, Status.ABORTED, Status.NOT_READY));
      int left = card.harness().sending().size();
      if (left > 0) {
        throw trial().violation("every frame is back when reset ends", left + " are not");
      }
    }
    card.drain();
    card.expectStatus(card.harness().transmit(0, NicFrame.of(card.plain(random, 80))), Status.OK);
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-068", "DRV-010"})
  void quiesceDuringTraffic() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(256, 300));
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      card.harness().awaitBuffers();
      List<byte[]> all =
          IntStream.range(0, 120)
              .mapToObj(i -> card.plain(random, random.nextInt(14, 200)))
              .toList();
      List<Sending> sendings = card.harness().transmit(0, all.stream().map(NicFrame::of).toList());
      card.harness().quiesce();
      card.harness().resume();
      card.expectLeft(all);
      sendings.forEach(sending -> card.expectStatus(sending, Status.OK));
    }
  }

  @Test
  @Clause({"NET-072", "DRV-009", "NET-025"})
  void closeDuringTraffic() {
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      Card card = trial().open(NicTrial.offer(2));
      List<Sending> sendings = flood(card, random, 150);
      card.close();
      for (Sending sending : sendings) {
        if (sending.isAccepted() && !sending.isDone()) {
          throw trial().violation("close gives back " + sending, "it has not come back");
        }
      }
    }
  }

  @Test
  @Clause({"DRV-019", "DRV-012", "DRV-010"})
  void controlCallsEndInTime() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      flood(card, random, 64);
      if (round % 2 == 0) {
        card.harness().reset();
      } else {
        card.harness().quiesce();
        card.harness().resume();
      }
      card.harness().health();
    }
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"DRV-020", "NET-010"})
  void instancesDoNotDisturbEachOther() {
    RandomGenerator random = trial().random();
    List<Card> cards = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      cards.add(trial().open(NicTrial.plainReceive(1)));
    }
    for (Card card : cards) {
      card.expectSent(0, List.of(card.plain(random, 100), card.plain(random, 600)));
    }
    cards.getFirst().harness().reset();
    cards.get(1).close();
    cards.getFirst().expectSent(0, List.of(cards.getFirst().plain(random, 101)));
    cards.getLast().expectSent(0, List.of(cards.getLast().plain(random, 102)));
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-073", "DRV-017"})
  void malformedDescriptorSurvives() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 60; round++) {
      NicFrame bad = malformed(card, random);
      card.harness().awaitBuffers();
      Sending sending = card.harness().transmit(0, bad);
      card.expectStatus(sending, Status.OK, Status.INVALID);
      card.drainShortly(sending.await() == Status.OK);
      card.expectSent(0, List.of(card.plain(random, random.nextInt(14, 300))));
    }
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause({"NET-074", "NET-011", "NET-049"})
  void hostileFramesFromTheWire() {
    Card card = trial().open(NicTrial.offer(1));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 100; round++) {
      byte[] hostile = hostile(card.incoming(), random);
      byte[] next = card.incoming().plain(new byte[] {(byte) round});
      card.harness().awaitBuffers();
      card.put(List.of(hostile, next));
      List<byte[]> first = Card.finished(card.nextArrived());
      if (!Arrays.equals(first.getFirst(), next)) {
        Card.expectSame(trial().about(), List.of(hostile), first);
        Card.expectSame(trial().about(), List.of(next), Card.finished(card.nextArrived()));
      }
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause({"NET-075", "NET-057"})
  void headersThatLieAboutLengths() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    byte[] payload = new byte[3000];
    for (int round = 0; round < 60; round++) {
      byte[] frame = card.outgoing().partial(Flow.random(random, false, Layers.TCP), payload);
      long offload = FrameMaker.cuttingOf(frame, random.nextInt(1, 1400), false);
      // As if the guest changed a header after the host had looked at it.
      frame[random.nextInt(12, 54)] = (byte) random.nextInt();
      card.harness().awaitBuffers();
      Sending sending = card.harness().transmit(0, NicFrame.of(frame).offload(offload));
      card.expectStatus(sending, Status.OK, Status.INVALID);
      card.drainShortly(sending.await() == Status.OK);
    }
    card.drainLeft();
    card.expectSent(0, List.of(card.plain(random, 200)));
  }

  @Test
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause({"NET-076", "NET-045"})
  void choicesUnderTraffic() {
    Card card = trial().open(NicTrial.plainReceive(2));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 20; round++) {
      List<byte[]> frames =
          IntStream.range(0, Card.BURST).mapToObj(i -> card.plain(random, 64 + i)).toList();
      card.harness().awaitBuffers();
      List<Sending> sendings =
          card.harness().transmit(0, frames.stream().map(NicFrame::of).toList());
      if (card.agreement().has(NicCapabilities.ADDRESS_FILTER)) {
        card.harness().setFilter(NicFilter.NONE);
      }
      if (card.agreement().has(NicCapabilities.STEERING)) {
        List<Integer> key = IntStream.range(0, 40).mapToObj(i -> random.nextInt(256)).toList();
        card.harness().setSteering(new NicSteering(NicSteering.ALL, key, List.of(0), 0));
      }
      card.expectLeft(frames);
      sendings.forEach(sending -> card.expectStatus(sending, Status.OK));
    }
  }

  @Test
  @AtLevel(Level.L3)
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause({"NET-077", "NET-065", "NET-066"})
  void sustainedTraffic() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    long sent = card.harness().statistics().sentFrames();
    long received = card.harness().statistics().receivedFrames();
    int total = 0;
    for (int round = 0; round < 60; round++) {
      List<byte[]> out =
          IntStream.range(0, Card.BURST)
              .mapToObj(i -> card.plain(random, 14 + random.nextInt(1400)))
              .toList();
      card.expectSent(0, out);
      List<byte[]> in =
          IntStream.range(0, Card.BURST)
              .mapToObj(i -> card.incoming().plain(Arrays.copyOf(out.get(i), 14 + i)))
              .toList();
      card.expectArrival(in);
      total += Card.BURST;
    }
    int loops = trial().loops() ? 2 : 1;
    expectCount("sent", (long) loops * total, card.harness().statistics().sentFrames() - sent);
    expectCount(
        "received", (long) loops * total, card.harness().statistics().receivedFrames() - received);
  }

  private void expectCount(String what, long expected, long actual) {
    if (expected != actual) {
      throw trial().violation("%d frames counted as %s".formatted(expected, what), actual + " are");
    }
  }

  private static List<Sending> flood(Card card, RandomGenerator random, int each) {
    List<Sending> sendings = new ArrayList<>();
    for (int pair = 0; pair < card.agreement().queuePairs(); pair++) {
      sendings.addAll(
          card.harness()
              .transmit(
                  pair,
                  IntStream.range(0, each)
                      .mapToObj(i -> NicFrame.of(card.plain(random, random.nextInt(14, 1400))))
                      .toList()));
    }
    return sendings;
  }

  private static NicFrame malformed(Card card, RandomGenerator random) {
    byte[] bytes = new byte[random.nextInt(1, 1500)];
    random.nextBytes(bytes);
    if (bytes.length > 14) {
      byte[] header = card.plain(random, 14);
      System.arraycopy(header, 0, bytes, 0, 12);
    }
    NicFrame frame = NicFrame.of(bytes);
    boolean checksum = card.agreement().has(NicCapabilities.TRANSMIT_CHECKSUM);
    boolean cuts = card.agreement().has(NicCapabilities.TRANSMIT_TCP4);
    long wild = NicOffload.checksum(random.nextInt(65_536), random.nextInt(65_536));
    return switch (random.nextInt(3)) {
      case 0 -> frame;
      case 1 -> checksum ? frame.offload(wild) : frame;
      default ->
          cuts
              ? frame.offload(NicOffload.cut(wild, NicOffload.TCP4, random.nextInt(65_536), false))
              : frame;
    };
  }

  /** A frame whose IP or TCP headers say what is not so. */
  private static byte[] hostile(FrameMaker maker, RandomGenerator random) {
    byte[] payload = new byte[random.nextInt(600)];
    random.nextBytes(payload);
    int protocol = random.nextBoolean() ? Layers.TCP : Layers.UDP;
    byte[] frame = maker.complete(Flow.random(random, random.nextBoolean(), protocol), payload);
    int flips = random.nextInt(1, 6);
    for (int i = 0; i < flips; i++) {
      frame[random.nextInt(12, Math.min(frame.length, 80))] = (byte) random.nextInt();
    }
    return random.nextInt(3) == 0 ? Arrays.copyOf(frame, random.nextInt(14, frame.length)) : frame;
  }
}
