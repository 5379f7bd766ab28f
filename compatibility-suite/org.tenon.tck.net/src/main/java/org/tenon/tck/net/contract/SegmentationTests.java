package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffload;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Segmentation;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Long TCP frames that the card cuts, and those that arrive joined. */
public abstract class SegmentationTests extends NicTests {
  private static final int MOST_SEGMENTS = 40;
  private static final ClauseId JOINED = ClauseId.parse("NET-058");

  /** For the contract. */
  protected SegmentationTests() {}

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause({"NET-052", "NET-054", "NET-055", "NET-056"})
  void segmentationByteExact() {
    cutMany(false);
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp6"})
  @Clause({"NET-053", "NET-054", "NET-055", "NET-056"})
  void segmentationByteExact6() {
    cutMany(true);
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause({"NET-055", "NET-052"})
  void flagsOfSegments() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    Flow flow = Flow.random(random, false, Layers.TCP);
    byte[] payload = payload(random, 2500);
    for (int bits :
        new int[] {0, FrameMaker.PSH, FrameMaker.FIN, FrameMaker.FIN | FrameMaker.PSH}) {
      for (boolean congestion : new boolean[] {false, true}) {
        FrameMaker maker =
            card.outgoing().flags(FrameMaker.ACK | bits | (congestion ? FrameMaker.CWR : 0));
        expectCut(card, maker.partial(flow, payload), 700, congestion);
      }
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause({"NET-054", "NET-052"})
  void numbersWrapAround() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    Flow flow = Flow.random(random, false, Layers.TCP);
    FrameMaker maker = card.outgoing().identification(0xfffe).sequence(-1000);
    expectCut(card, maker.partial(flow, payload(random, 4000)), 777, false);
    maker.identification(0xffff).sequence(Integer.MAX_VALUE - 10);
    expectCut(card, maker.partial(flow, payload(random, 3001)), 1000, false);
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause({"NET-056", "NET-054"})
  void headersOfSegments() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    Flow flow = Flow.random(random, false, Layers.TCP);
    for (int tcpOptions : new int[] {0, 4, 12, 40}) {
      for (int ipOptions : new int[] {0, 4, 40}) {
        FrameMaker maker = card.outgoing().tcpOptions(tcpOptions).ipOptions(ipOptions);
        expectCut(card, maker.partial(flow, payload(random, 1701)), 500, false);
      }
    }
    for (int[] tags : new int[][] {{5}, {0xe001}, {7, 8}}) {
      FrameMaker maker = card.outgoing().tags(tags).tcpOptions(12);
      expectCut(card, maker.partial(flow, payload(random, 1701)), 500, false);
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause({"NET-052", "NET-016"})
  void longestFrameIsCut() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(128, 0));
    RandomGenerator random = trial().random();
    int longest = Math.min(card.properties().maxSegmentedBytes(), 65_535 + 14);
    byte[] frame =
        card.outgoing()
            .partial(Flow.random(random, false, Layers.TCP), payload(random, longest - 54));
    expectCut(card, frame, Math.min(card.properties().maxMtu() - 40, 65_000), false);
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause("NET-057")
  void whatIsNotAsItSaysIsInvalid() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    byte[] payload = payload(random, 2000);
    byte[] right = card.outgoing().partial(Flow.random(random, false, Layers.TCP), payload);
    long offload = FrameMaker.cuttingOf(right, 500, false);
    List<byte[]> wrong = new ArrayList<>();
    wrong.add(card.outgoing().partial(Flow.random(random, false, Layers.UDP), payload));
    wrong.add(card.outgoing().partial(Flow.random(random, true, Layers.TCP), payload));
    wrong.add(card.outgoing().plain(payload));
    byte[] headerTooLong = right.clone();
    headerTooLong[14 + 20 + 12] = 0x10; // a TCP header of 4 bytes
    wrong.add(headerTooLong);
    for (byte[] frame : wrong) {
      card.expectRefused(NicFrame.of(frame).offload(offload), Status.INVALID);
    }
    expectCut(card, right, 500, false);
  }

  /** By a loopback, frames may arrive as they were handed over: not yet cut. */
  @Test
  @Requires({Trait.FRAMES_COME, "receive-joined"})
  @Clause({"NET-058", "NET-051"})
  void joinedSaysHowItIsCut() {
    Card card = trial().open(NicTrial.offer(1));
    RandomGenerator random = trial().random();
    int joined = 0;
    for (int round = 0; round < 20; round++) {
      boolean ipv6 = round % 2 == 1;
      int mss = random.nextInt(200, 1400);
      byte[] frame =
          card.incoming()
              .flags(FrameMaker.ACK)
              .partial(
                  Flow.random(random, ipv6, Layers.TCP), payload(random, random.nextInt(1, 9000)));
      long offload = FrameMaker.cuttingOf(frame, mss, false);
      List<byte[]> segments = Segmentation.cut(frame, offload);
      List<byte[]> got = new ArrayList<>();
      comeCut(card, frame, offload, segments);
      while (got.size() < segments.size()) {
        ReceivedFrame arrived = card.nextArrived();
        boolean isJoined = NicOffload.cutting(arrived.offload()) != NicOffload.WHOLE;
        joined += isJoined ? 1 : 0;
        if (isJoined && NicOffload.segmentSize(arrived.offload()) == 0) {
          throw new ClauseViolated(JOINED, "a joined frame says its segment size", "it says 0");
        }
        got.addAll(Card.finished(arrived));
      }
      Card.expectSame(JOINED, segments, got);
    }
    trial().evidence().note("frames that arrived joined", Integer.toString(joined));
  }

  private void comeCut(Card card, byte[] frame, long offload, List<byte[]> segments) {
    boolean ipv6 = NicOffload.cutting(offload) == NicOffload.TCP6;
    boolean asOne =
        trial().loops()
            && card.agreement()
                .has(ipv6 ? NicCapabilities.TRANSMIT_TCP6 : NicCapabilities.TRANSMIT_TCP4);
    card.harness().awaitBuffers();
    if (asOne) {
      Sending sending = card.harness().transmit(0, NicFrame.of(frame).offload(offload));
      card.expectStatus(sending, Status.OK);
    } else {
      card.put(segments);
    }
  }

  private void cutMany(boolean ipv6) {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    int most = card.properties().maxMtu() - 100;
    for (int i = 0; i < 60; i++) {
      int mss = i < 6 ? new int[] {1, 2, 3, 7, 536, most}[i] : random.nextInt(8, most + 1);
      int payload =
          switch (i % 5) {
            case 0 -> mss; // one segment
            case 1 -> mss * random.nextInt(1, 8); // whole segments
            case 2 -> mss + 1;
            case 3 -> Math.max(1, mss - 1);
            default -> random.nextInt(1, mss * MOST_SEGMENTS);
          };
      int limit = Math.min(card.properties().maxSegmentedBytes(), 65_535) - 200;
      byte[] bytes = payload(random, Math.min(payload, limit));
      FrameMaker maker =
          card.outgoing()
              .identification(random.nextInt(65_536))
              .sequence(random.nextInt())
              .flags(FrameMaker.ACK | random.nextInt(2) * FrameMaker.PSH)
              .tcpOptions(random.nextInt(4) * 4);
      expectCut(card, maker.partial(Flow.random(random, ipv6, Layers.TCP), bytes), mss, false);
    }
  }

  private static void expectCut(Card card, byte[] frame, int mss, boolean congestion) {
    long offload = FrameMaker.cuttingOf(frame, mss, congestion);
    card.expectSent(0, NicFrame.of(frame).offload(offload), Segmentation.cut(frame, offload));
  }

  private static byte[] payload(RandomGenerator random, int bytes) {
    byte[] made = new byte[bytes];
    random.nextBytes(made);
    return made;
  }
}
