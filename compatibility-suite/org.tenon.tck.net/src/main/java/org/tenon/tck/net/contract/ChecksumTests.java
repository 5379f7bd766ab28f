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
import org.tenon.spi.net.NicOffload;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Checksums that are filled in, left alone, and spoken of. */
public abstract class ChecksumTests extends NicTests {
  private static final ClauseId LACKING = ClauseId.parse("NET-051");

  /** For the contract. */
  protected ChecksumTests() {}

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-checksum"})
  @Clause("NET-047")
  void missingChecksumIsFilledIn() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int i = 0; i < 120; i++) {
      int protocol = i % 2 == 0 ? Layers.TCP : Layers.UDP;
      FrameMaker maker = shaped(card.outgoing(), random);
      byte[] frame =
          maker.partial(
              Flow.random(random, random.nextBoolean(), protocol),
              payload(random, random.nextInt(i < 8 ? 3 : 1300)));
      long offload = FrameMaker.checksumOf(frame);
      card.expectSent(0, NicFrame.of(frame).offload(offload), List.of(complete(frame, offload)));
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-checksum"})
  @Clause("NET-047")
  void checksumStandsWhereItIsAsked() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int i = 0; i < 60; i++) {
      int length = random.nextInt(64, 900);
      byte[] frame = card.plain(random, length);
      int start = random.nextInt(14, length - 2);
      int offset = random.nextInt(0, length - start - 1);
      long offload = NicOffload.checksum(start, offset);
      card.expectSent(0, NicFrame.of(frame).offload(offload), List.of(complete(frame, offload)));
    }
  }

  /** A sum of zero is sent as 0xffff: with UDP zero would say that there is none (RFC 768). */
  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-checksum"})
  @Clause("NET-047")
  void udpChecksumIsNeverZero() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (boolean ipv6 : new boolean[] {false, true}) {
      byte[] payload = payload(random, 40);
      payload[38] = 0;
      payload[39] = 0;
      Flow flow = Flow.random(random, ipv6, Layers.UDP);
      byte[] trial = card.outgoing().complete(flow, payload);
      // The payload's last word takes what the checksum was, so that the sum becomes zero.
      int field = Layers.of(trial).transport() + 6;
      payload[38] = trial[field];
      payload[39] = trial[field + 1];
      byte[] frame = card.outgoing().partial(flow, payload);
      long offload = FrameMaker.checksumOf(frame);
      byte[] expected = complete(frame, offload);
      if ((expected[field] & expected[field + 1] & 0xff) != 0xff) {
        throw new IllegalStateException("the suite's own frame has another sum than zero");
      }
      card.expectSent(0, NicFrame.of(frame).offload(offload), List.of(expected));
    }
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-048", "NET-010"})
  void otherChecksumsAreLeftAlone() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      frames.add(
          i % 2 == 0
              ? spoilt(complete(card.outgoing(), random, i), random)
              : complete(card.outgoing(), random, i));
    }
    card.expectSent(0, frames);
  }

  @Test
  @Requires({Trait.FRAMES_COME, "receive-checksum"})
  @Clause({"NET-049", "NET-011"})
  void checksumFlagTruth() {
    Card card = trial().open(NicTrial.offer(1));
    RandomGenerator random = trial().random();
    for (int i = 0; i < 120; i++) {
      byte[] right = complete(shaped(card.incoming(), random), random, i);
      byte[] frame = i % 2 == 0 ? right : spoilt(right, random);
      card.harness().awaitBuffers();
      card.put(List.of(frame));
      for (ReceivedFrame arrived : taken(card, i % 2 == 0)) {
        if (NicOffload.isChecksumValid(arrived.offload()) && !Checksums.areRight(arrived.bytes())) {
          throw trial()
              .violation(
                  "no word on a frame whose checksum is wrong",
                  "it was said to have been verified");
        }
        Card.expectSame(ClauseId.parse("NET-011"), List.of(frame), Card.finished(arrived));
      }
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "receive-checksum"})
  @Clause("NET-050")
  void wrongChecksumsArrive() {
    Card card = trial().open(NicTrial.offer(1));
    RandomGenerator random = trial().random();
    for (int i = 0; i < 60; i++) {
      byte[] frame = spoilt(complete(card.incoming(), random, i), random);
      ReceivedFrame arrived = card.come(List.of(frame)).getFirst();
      Card.expectSame(trial().about(), List.of(frame), List.of(arrived.bytes()));
      if (arrived.offload() != NicOffload.NONE) {
        throw trial()
            .violation(
                "no word on a frame whose checksum is wrong",
                "its offload is 0x%016x".formatted(arrived.offload()));
      }
    }
  }

  /** By a loopback, frames may arrive as they were handed over: with their checksum missing. */
  @Test
  @Requires({Trait.FRAMES_COME, "receive-checksum", "transmit-checksum"})
  @Clause({"NET-051", "NET-049"})
  void lackingChecksumIsToldTruly() {
    Card card = trial().open(NicTrial.offer(1));
    RandomGenerator random = trial().random();
    int lacking = 0;
    for (int i = 0; i < 60; i++) {
      int protocol = i % 2 == 0 ? Layers.TCP : Layers.UDP;
      byte[] payload = payload(random, random.nextInt(1, 1200));
      Flow flow = Flow.random(random, i % 4 < 2, protocol);
      ReceivedFrame arrived = comeLacking(card, flow, payload);
      if (NicOffload.needsChecksum(arrived.offload())) {
        lacking++;
        expectTruth(arrived);
      } else if (!Checksums.areRight(arrived.bytes())) {
        throw new ClauseViolated(
            LACKING, "a frame with its checksum, or a word that it lacks it", "it has neither");
      }
    }
    trial().evidence().note("frames that arrived lacking their checksum", lacking + " of 60");
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-checksum"})
  @Clause({"NET-057", "NET-047"})
  void checksumOutsideTheFrameIsInvalid() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    byte[] frame = card.plain(random, 100);
    for (long offload :
        new long[] {
          NicOffload.checksum(100, 0),
          NicOffload.checksum(99, 0),
          NicOffload.checksum(34, 65),
          NicOffload.checksum(65_535, 65_535),
          NicOffload.checksum(0, 65_535)
        }) {
      card.expectRefused(NicFrame.of(frame).offload(offload), Status.INVALID);
    }
  }

  /** Has a frame come that lacks its checksum where the wire lets it, and a complete one else. */
  private ReceivedFrame comeLacking(Card card, Flow flow, byte[] payload) {
    if (!trial().loops()) {
      return card.come(List.of(card.incoming().complete(flow, payload))).getFirst();
    }
    card.harness().awaitBuffers();
    byte[] frame = card.incoming().partial(flow, payload);
    Sending sending =
        card.harness().transmit(0, NicFrame.of(frame).offload(FrameMaker.checksumOf(frame)));
    card.expectStatus(sending, Status.OK);
    return card.nextArrived();
  }

  /** What arrives of one frame; a frame that is right must. */
  private List<ReceivedFrame> taken(Card card, boolean must) {
    return must ? List.of(card.nextArrived()) : card.drain();
  }

  private static void expectTruth(ReceivedFrame arrived) {
    byte[] frame = arrived.bytes();
    Layers layers = Layers.of(frame);
    int start = NicOffload.checksumStart(arrived.offload());
    int offset = NicOffload.checksumOffset(arrived.offload());
    boolean place =
        start == layers.transport() && offset == (layers.protocol() == Layers.TCP ? 16 : 6);
    if (!place || !Checksums.areRight(Checksums.complete(frame, start, offset))) {
      throw new ClauseViolated(
          LACKING,
          "a frame that is right once its checksum is filled in at %d + %d"
              .formatted(start, offset),
          "it is not");
    }
  }

  private static byte[] complete(byte[] frame, long offload) {
    return Checksums.complete(
        frame, NicOffload.checksumStart(offload), NicOffload.checksumOffset(offload));
  }

  private static byte[] complete(FrameMaker maker, RandomGenerator random, int i) {
    int protocol = i % 4 < 2 ? Layers.TCP : Layers.UDP;
    return maker.complete(
        Flow.random(random, random.nextBoolean(), protocol),
        payload(random, random.nextInt(1, 1200)));
  }

  /** The frame with another checksum than the right one. */
  private static byte[] spoilt(byte[] frame, RandomGenerator random) {
    Layers layers = Layers.of(frame);
    byte[] wrong = frame.clone();
    int field = layers.transport() + (layers.protocol() == Layers.TCP ? 16 : 6);
    wrong[field] ^= (byte) (1 << random.nextInt(8));
    return wrong;
  }

  private static FrameMaker shaped(FrameMaker maker, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> maker.tags(random.nextInt(1, 4095));
      case 1 -> maker.tcpOptions(12);
      default -> maker;
    };
  }

  private static byte[] payload(RandomGenerator random, int bytes) {
    byte[] made = new byte[bytes];
    random.nextBytes(made);
    return made;
  }
}
