package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.spi.net.NicSteering;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Toeplitz;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Which queue a frame arrives on. */
public abstract class SteeringTests extends NicTests {
  private static final int FRAMES = 96;

  /** For the contract. */
  protected SteeringTests() {}

  @Test
  @Requires({Trait.FRAMES_COME, Trait.SEVERAL_PAIRS, "steering"})
  @Clause("NET-059")
  void toeplitzSteering() {
    Card card = trial().open(NicTrial.plainReceive(4));
    RandomGenerator random = trial().random();
    for (int entries : new int[] {1, 2, 8, 128, 512}) {
      NicSteering steering = steering(card, random, NicSteering.ALL, entries);
      card.harness().setSteering(steering);
      expectSteered(card, random, steering);
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, Trait.SEVERAL_PAIRS, "steering"})
  @Clause({"NET-060", "NET-059"})
  void steeringByType() {
    Card card = trial().open(NicTrial.plainReceive(4));
    RandomGenerator random = trial().random();
    int[] choices = {
      0,
      NicSteering.IPV4,
      NicSteering.TCP4,
      NicSteering.UDP4 | NicSteering.IPV6,
      NicSteering.IPV6 | NicSteering.TCP6,
      NicSteering.IPV4 | NicSteering.UDP4,
      NicSteering.TCP6 | NicSteering.UDP6
    };
    for (int types : choices) {
      NicSteering steering = steering(card, random, types, 64);
      card.harness().setSteering(steering);
      expectSteered(card, random, steering);
    }
  }

  @Test
  @AtLevel(Level.L2)
  @Requires({Trait.FRAMES_COME, Trait.SEVERAL_PAIRS, "steering"})
  @Clause({"NET-061", "NET-076"})
  void steeringOutlivesQuiesceAndReset() {
    Card card = trial().open(NicTrial.plainReceive(4));
    RandomGenerator random = trial().random();
    NicSteering steering = steering(card, random, NicSteering.ALL, 128);
    card.harness().setSteering(steering);
    card.harness().quiesce();
    card.harness().resume();
    expectSteered(card, random, steering);
    card.harness().reset();
    expectSteered(card, random, steering);
    card.harness().quiesce();
    NicSteering next = steering(card, random, NicSteering.ALL, 16);
    card.harness().setSteering(next);
    card.harness().resume();
    expectSteered(card, random, next);
  }

  private void expectSteered(Card card, RandomGenerator random, NicSteering steering) {
    for (int i = 0; i < FRAMES; i++) {
      byte[] payload = new byte[random.nextInt(1, 200)];
      random.nextBytes(payload);
      Flow flow = Flow.random(random, i % 2 == 0, i % 4 < 2 ? Layers.TCP : Layers.UDP);
      byte[] frame =
          i % 12 == 11 ? card.incoming().plain(payload) : card.incoming().complete(flow, payload);
      ReceivedFrame arrived = card.come(List.of(frame)).getFirst();
      int expected = Toeplitz.queue(frame, steering);
      if (arrived.pair() != expected) {
        throw trial()
            .violation(
                "a frame of Ethernet type 0x%04x, protocol %d arrives on pair %d"
                    .formatted(Layers.of(frame).type(), Layers.of(frame).protocol(), expected),
                "it arrived on pair " + arrived.pair());
      }
    }
  }

  private static NicSteering steering(Card card, RandomGenerator random, int types, int entries) {
    int pairs = card.agreement().queuePairs();
    List<Integer> key =
        IntStream.range(0, NicSteering.KEY_BYTES).mapToObj(i -> random.nextInt(256)).toList();
    List<Integer> table = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      table.add(random.nextInt(pairs));
    }
    return new NicSteering(types, key, table, random.nextInt(pairs));
  }
}
