package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.spi.net.NicStatistics;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Segmentation;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Whether the card counts truly. */
public abstract class StatisticsTests extends NicTests {
  /** For the contract. */
  protected StatisticsTests() {}

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-065")
  void sentIsCountedTruly() {
    Card card = trial().open(NicTrial.plainReceive(2));
    RandomGenerator random = trial().random();
    NicStatistics before = card.harness().statistics();
    long bytes = 0;
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] frame = card.plain(random, random.nextInt(14, 1000));
      bytes += frame.length;
      frames.add(frame);
    }
    card.expectSent(card.agreement().queuePairs() - 1, frames);
    for (int i = 0; i < 3; i++) {
      card.expectStatus(
          card.harness()
              .transmit(
                  0, NicFrame.of(card.plain(random, card.properties().maxFrameBytes() + 1 + i))),
          Status.INVALID);
    }
    NicStatistics after = card.harness().statistics();
    expectCount("sent frames", 50, after.sentFrames() - before.sentFrames());
    expectCount("sent bytes", bytes, after.sentBytes() - before.sentBytes());
    expectCount("frames that came back with an error", 3, after.sendErrors() - before.sendErrors());
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause("NET-065")
  void segmentsAreCountedSingly() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    NicStatistics before = card.harness().statistics();
    byte[] payload = new byte[5000];
    random.nextBytes(payload);
    byte[] frame = card.outgoing().partial(Flow.random(random, false, Layers.TCP), payload);
    long offload = FrameMaker.cuttingOf(frame, 601, false);
    List<byte[]> segments = Segmentation.cut(frame, offload);
    card.expectSent(0, NicFrame.of(frame).offload(offload), segments);
    NicStatistics after = card.harness().statistics();
    expectCount("sent frames", segments.size(), after.sentFrames() - before.sentFrames());
    expectCount(
        "sent bytes",
        segments.stream().mapToLong(segment -> segment.length).sum(),
        after.sentBytes() - before.sentBytes());
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause("NET-066")
  void receivedIsCountedTruly() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    NicStatistics before = card.harness().statistics();
    long bytes = 0;
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] payload = new byte[random.nextInt(1, 1000)];
      random.nextBytes(payload);
      byte[] frame = card.incoming().plain(payload);
      bytes += frame.length;
      frames.add(frame);
    }
    card.expectArrival(frames);
    NicStatistics after = card.harness().statistics();
    expectCount("received frames", 60, after.receivedFrames() - before.receivedFrames());
    expectCount("received bytes", bytes, after.receivedBytes() - before.receivedBytes());
  }

  /** The checking host compares all counters each time that it looks. */
  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-067", "NET-065"})
  void countersGrow() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    NicStatistics first = card.harness().statistics();
    for (int round = 0; round < 4; round++) {
      card.expectSent(0, List.of(card.plain(random, 100), card.plain(random, 200)));
      card.harness().statistics();
      card.harness().reset();
      card.harness().quiesce();
      card.harness().resume();
    }
    NicStatistics last = card.harness().statistics();
    expectCount("sent frames", 8, last.sentFrames() - first.sentFrames());
  }

  private void expectCount(String what, long expected, long actual) {
    if (expected != actual) {
      throw trial().violation(expected + " " + what, actual + " were counted");
    }
  }
}
