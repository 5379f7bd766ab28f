package org.tenon.tck.net.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicBuffer;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.spi.net.NicProperties;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Frames of every length and shape, byte for byte, both ways. */
public abstract class FrameTests extends NicTests {
  private static final int FRAMES = 400;

  /** For the contract. */
  protected FrameTests() {}

  @Test
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause({"NET-012", "NET-010", "NET-011"})
  void mtuEdges() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    List<byte[]> sent = new ArrayList<>();
    List<byte[]> come = new ArrayList<>();
    for (int bytes : lengths(card.properties())) {
      sent.add(card.plain(random, bytes));
      come.add(card.incoming().plain(random(random, bytes - NicProperties.HEADER_BYTES)));
    }
    card.expectSent(0, sent);
    card.expectArrival(come);
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-010")
  void framesLeaveAsTheyAre() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    int longest = Math.min(card.properties().maxFrameBytes(), 4000);
    card.expectSent(
        0,
        IntStream.range(0, FRAMES)
            .mapToObj(i -> card.plain(random, random.nextInt(14, longest + 1)))
            .toList());
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause({"NET-011", "NET-036"})
  void framesArriveAsTheyCame() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    int longest = Math.min(card.properties().maxFrameBytes(), 4000);
    card.expectArrival(
        IntStream.range(0, FRAMES)
            .mapToObj(i -> card.incoming().plain(random(random, random.nextInt(longest - 13))))
            .toList());
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-013")
  void tooLongIsInvalid() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    int longest = card.properties().maxFrameBytes();
    for (int bytes : new int[] {longest + 1, longest + 2, longest + 1000, 2 * longest}) {
      card.expectRefused(NicFrame.of(card.plain(random, bytes)), Status.INVALID);
    }
    card.expectSent(0, List.of(card.plain(random, longest)));
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-014")
  void tooShortIsInvalid() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int bytes = 1; bytes < NicProperties.HEADER_BYTES; bytes++) {
      card.expectRefused(NicFrame.of(random(random, bytes)), Status.INVALID);
    }
    card.expectSent(0, List.of(card.plain(random, NicProperties.HEADER_BYTES)));
  }

  @Test
  @Requires(Trait.TOO_LONG_COMES)
  @Clause("NET-015")
  void tooLongDoesNotArrive() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    int longest = card.properties().maxFrameBytes();
    long before = card.harness().statistics().droppedTooLong();
    List<byte[]> good = new ArrayList<>();
    for (int more = 1; more <= 3; more++) {
      card.harness().awaitBuffers();
      card.put(
          List.of(
              card.incoming().plain(random(random, longest + more - NicProperties.HEADER_BYTES))));
      byte[] next = card.incoming().plain(random(random, 100 + more));
      good.add(next);
      card.put(List.of(next));
    }
    Card.expectSame(
        trial().about(), good, good.stream().map(frame -> card.nextArrived().bytes()).toList());
    long dropped = card.harness().statistics().droppedTooLong() - before;
    if (dropped != 3) {
      throw trial().violation("3 frames counted as too long", dropped + " were");
    }
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-016", "NET-019"})
  void segmentsOfAnyShape() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    int most = Math.min(card.properties().maxSegments(), 256);
    int longest = Math.min(card.properties().maxFrameBytes(), 4000);
    for (int i = 0; i < 120; i++) {
      byte[] frame = card.plain(random, random.nextInt(14, longest + 1));
      int count = random.nextInt(1, Math.min(most, frame.length) + 1);
      NicFrame shaped =
          NicFrame.of(frame)
              .segments(cut(random, frame.length, count))
              .misaligned(random.nextInt(64));
      card.expectSent(0, shaped, List.of(frame));
    }
    byte[] frame = card.plain(random, Math.max(most, 60));
    card.expectSent(
        0,
        NicFrame.of(frame).segments(cut(random, frame.length, Math.min(most, frame.length))),
        List.of(frame));
  }

  /** The checking host looks behind each frame and around each buffer. */
  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause({"NET-017", "NET-018", "NET-032"})
  void buffersOfAnyShape() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(0, 1));
    RandomGenerator random = trial().random();
    int most = Math.min(card.properties().maxSegments(), 64);
    int longest = Math.min(card.properties().maxFrameBytes(), 4000);
    for (int i = 0; i < 150; i++) {
      int bytes = random.nextInt(14, longest + 1);
      int room = bytes + (i % 3 == 0 ? 0 : random.nextInt(1, 200));
      int[] shape = cut(random, room, random.nextInt(1, Math.min(most, room) + 1));
      card.harness().post(0, List.of(NicBuffer.segments(shape).misaligned(random.nextInt(64))));
      card.expectArrival(
          List.of(card.incoming().plain(random(random, bytes - NicProperties.HEADER_BYTES))));
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause("NET-022")
  void vlanTagsStay() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    List<byte[]> sent = new ArrayList<>();
    List<byte[]> come = new ArrayList<>();
    for (int[] tags :
        new int[][] {{1}, {4094}, {0}, {0xe005}, {7, 9}, {0x6001, 0}, {4095}, {100, 4094}}) {
      byte[] payload = random(random, random.nextInt(40, 400));
      Flow flow = Flow.random(random, random.nextBoolean(), Layers.TCP);
      sent.add(card.outgoing().tags(tags).plain(payload));
      sent.add(card.outgoing().tags(tags).complete(flow, payload));
      come.add(card.incoming().tags(tags).plain(payload));
      come.add(card.incoming().tags(tags).complete(flow, payload));
    }
    card.expectSent(0, sent);
    card.expectArrival(come);
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-023", "NET-025"})
  void nothingIsMadeUp() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 8; round++) {
      card.expectSent(
          0,
          IntStream.range(0, random.nextInt(1, Card.BURST))
              .mapToObj(i -> card.plain(random, random.nextInt(14, 300)))
              .toList());
    }
    int extra = card.drainLeft().size() + (trial().loops() ? 0 : card.drain().size());
    if (extra > 0) {
      throw trial().violation("nothing but what was sent", extra + " frames more");
    }
  }

  @Test
  @Clause({"NET-007", "NET-008", "NET-009"})
  void answersTheSameEachTime() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 3; round++) {
      for (int pair = 0; pair < card.agreement().queuePairs(); pair++) {
        Sending sending = card.harness().transmit(pair, NicFrame.of(card.plain(random, 64)));
        card.expectStatus(sending, Status.OK);
      }
      // The checking host asks for properties, link and pairs at each turn.
      card.harness().quiesce();
      card.harness().resume();
      card.harness().reset();
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause("NET-009")
  void everyPairServes() {
    Card card = trial().open(NicTrial.plainReceive(4));
    RandomGenerator random = trial().random();
    FrameMaker incoming = card.incoming();
    for (int pair = 0; pair < card.agreement().queuePairs(); pair++) {
      card.expectSent(
          pair, List.of(card.plain(random, 100 + pair), card.plain(random, 900 + pair)));
      card.expectArrival(List.of(incoming.plain(random(random, 200 + pair))));
    }
  }

  private static int[] lengths(NicProperties properties) {
    int longest = properties.maxFrameBytes();
    IntStream edges =
        IntStream.of(
            14, 15, 16, 17, 59, 60, 61, 63, 64, 65, 127, 128, 255, 256, 511, 512, 513, 1023, 1024,
            1499, 1500, 1501, 1513, 1514, 1515, 1518, 1522, 4095, 4096, 4097, 9000, 9014);
    IntStream top = IntStream.rangeClosed(longest - 24, longest);
    return IntStream.concat(edges, top)
        .filter(bytes -> bytes >= 14 && bytes <= longest)
        .distinct()
        .sorted()
        .toArray();
  }

  /** Cuts a length into so many pieces of at least one. */
  private static int[] cut(RandomGenerator random, int length, int pieces) {
    int[] at =
        random.ints(1, length).distinct().limit(Math.min(pieces, length) - 1L).sorted().toArray();
    int[] shape = new int[at.length + 1];
    int before = 0;
    for (int i = 0; i < at.length; i++) {
      shape[i] = at[i] - before;
      before = at[i];
    }
    shape[at.length] = length - before;
    return shape;
  }

  private static byte[] random(RandomGenerator random, int bytes) {
    byte[] made = new byte[Math.max(0, bytes)];
    random.nextBytes(made);
    return made;
  }
}
