package org.tenon.tck.net.contract;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** The order of frames within a queue and within a flow. */
public abstract class OrderTests extends NicTests {
  private static final int FLOWS = 24;
  private static final ClauseId ONE_QUEUE = ClauseId.parse("NET-021");

  /** For the contract. */
  protected OrderTests() {}

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-020")
  void queueOrder() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 480; i++) {
      Flow flow = Flow.random(random, random.nextBoolean(), Layers.UDP);
      frames.add(card.outgoing().complete(flow, numbered(0, i, random.nextInt(8, 200))));
    }
    card.expectSent(0, frames);
  }

  @Test
  @Requires({Trait.FRAMES_COME, Trait.SEVERAL_PAIRS})
  @Clause("NET-021")
  void multiqueueFlowOrder() {
    Card card = trial().open(NicTrial.plainReceive(4));
    RandomGenerator random = trial().random();
    List<Flow> flows = new ArrayList<>();
    for (int i = 0; i < FLOWS; i++) {
      flows.add(Flow.random(random, i % 2 == 0, i % 3 == 0 ? Layers.UDP : Layers.TCP));
    }
    int[] next = new int[FLOWS];
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 720; i++) {
      int flow = random.nextInt(FLOWS);
      frames.add(card.incoming().complete(flows.get(flow), numbered(flow, next[flow]++, 8)));
    }
    expectFlowOrder(card.come(frames));
  }

  @Test
  @AtLevel(Level.L2)
  @Requires({Trait.SEEN_SENDING, Trait.SEVERAL_PAIRS})
  @Clause({"NET-024", "NET-020"})
  void pairsDoNotDisturbEachOther() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(4)).buffers(256, 300));
    RandomGenerator random = trial().random();
    int pairs = card.agreement().queuePairs();
    for (int round = 0; round < 10; round++) {
      card.harness().awaitBuffers();
      Map<Integer, List<byte[]>> expected = new HashMap<>();
      List<Sending> sendings = new ArrayList<>();
      for (int pair = 0; pair < pairs; pair++) {
        List<byte[]> own = new ArrayList<>();
        Flow flow = Flow.random(random, false, Layers.UDP);
        for (int i = 0; i < 48; i++) {
          own.add(card.outgoing().complete(flow, numbered(pair, i, random.nextInt(8, 120))));
        }
        expected.put(pair, own);
        sendings.addAll(card.harness().transmit(pair, own.stream().map(NicFrame::of).toList()));
      }
      expectEach(card, expected);
      sendings.forEach(sending -> card.expectStatus(sending, Status.OK));
    }
  }

  /** Everything leaves, the frames of each pair in their order. */
  private void expectEach(Card card, Map<Integer, List<byte[]>> expected) {
    Map<Integer, List<byte[]>> left = new HashMap<>();
    int missing = expected.values().stream().mapToInt(List::size).sum();
    while (missing > 0) {
      List<byte[]> next = card.nextLeft(trial().patience());
      if (next.isEmpty()) {
        throw trial().violation("every frame leaves", missing + " did not");
      }
      for (byte[] frame : next) {
        int pair = flowOf(frame);
        left.computeIfAbsent(pair, p -> new ArrayList<>()).add(frame);
        missing--;
      }
    }
    expected.forEach((pair, frames) ->
        Card.expectSame(trial().about(), frames, left.getOrDefault(pair, List.of())));
  }

  private static void expectFlowOrder(List<ReceivedFrame> arrived) {
    Map<Integer, Integer> numbers = new HashMap<>();
    Map<Integer, Integer> queues = new HashMap<>();
    for (ReceivedFrame frame : arrived) {
      int flow = flowOf(frame.bytes());
      int number = ByteBuffer.wrap(frame.bytes()).getInt(frame.bytes().length - 4);
      int queue = queues.computeIfAbsent(flow, f -> frame.pair());
      if (queue != frame.pair()) {
        throw new ClauseViolated(
            ONE_QUEUE,
            "flow %d arrives on pair %d".formatted(flow, queue),
            "a frame of it arrived on pair " + frame.pair());
      }
      int expected = numbers.merge(flow, 1, Integer::sum) - 1;
      if (number != expected) {
        throw new ClauseViolated(
            ONE_QUEUE,
            "frame %d of flow %d is next".formatted(expected, flow),
            "frame %d arrived".formatted(number));
      }
    }
  }

  /** A payload that ends with a flow's number and a number within the flow. */
  private static byte[] numbered(int flow, int number, int bytes) {
    return ByteBuffer.allocate(bytes).putInt(bytes - 8, flow).putInt(bytes - 4, number).array();
  }

  private static int flowOf(byte[] frame) {
    return ByteBuffer.wrap(frame).getInt(frame.length - 8);
  }
}
