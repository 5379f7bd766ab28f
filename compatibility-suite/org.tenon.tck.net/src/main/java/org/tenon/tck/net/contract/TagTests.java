package org.tenon.tck.net.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.LentMemory;
import org.tenon.kit.testing.NicBuffer;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.Posting;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/**
 * How frames and buffers are accepted and come back: a prefix, without blocking, each exactly once,
 * and nothing kept afterwards. The checking host watches all of it in every other test too.
 */
public abstract class TagTests extends NicTests {
  private static final int SMALL = 200;

  /** For the contract. */
  protected TagTests() {}

  @Test
  @Clause({"NET-025", "NET-026", "NET-027"})
  void everyTagComesBackOnce() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int pair = 0; pair < card.agreement().queuePairs(); pair++) {
      awaitAny(card, card.harness().transmit(pair, frames(card, random, 600)));
    }
    card.close();
  }

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause({"NET-037", "NET-028", "NET-030"})
  void ringFullNoCorruption() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(256, SMALL + 100));
    RandomGenerator random = trial().random();
    int depth = card.agreement().queueDepth();
    for (int round = 0; round < 3; round++) {
      List<byte[]> all = frames(card, random, depth).stream().map(NicFrame::bytes).toList();
      card.harness().awaitBuffers();
      List<Sending> sendings = card.harness().transmit(0, all.stream().map(NicFrame::of).toList());
      // By a loopback only so many come back as there are buffers; each of those is whole.
      card.expectLeft(trial().loops() ? all.subList(0, Math.min(depth, 200)) : all);
      sendings.forEach(sending -> card.expectStatus(sending, Status.OK));
      card.drainLeft();
    }
  }

  @Test
  @Clause("NET-028")
  void acceptsAPrefix() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 40; round++) {
      int size = random.nextInt(1, card.agreement().queueDepth() + 1);
      List<Sending> offered = card.harness().offer(0, frames(card, random, size));
      long accepted = offered.stream().takeWhile(Sending::isAccepted).count();
      if (offered.stream().skip(accepted).anyMatch(Sending::isAccepted)) {
        throw trial()
            .violation(
                "frames are accepted from the front of the batch",
                "one was accepted behind a refused one");
      }
      awaitAny(card, offered.subList(0, (int) accepted));
    }
  }

  /** The checking host times each call. */
  @Test
  @Clause({"NET-029", "NET-030"})
  void floodDoesNotBlock() {
    Card card = trial().open(b -> b.offer(NicTrial.offer(2)).buffers(4, 0));
    RandomGenerator random = trial().random();
    List<Sending> flood = new ArrayList<>();
    for (int pair = 0; pair < card.agreement().queuePairs(); pair++) {
      flood.addAll(card.harness().transmit(pair, frames(card, random, 3000)));
    }
    awaitAny(card, flood);
    card.harness().post(0, Collections.nCopies(3000, NicBuffer.of(64)));
    card.close();
  }

  @Test
  @Clause("NET-031")
  void batchIsNotKept() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 20; round++) {
      awaitAny(
          card, card.harness().transmit(0, frames(card, random, card.agreement().queueDepth())));
    }
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause("NET-032")
  void memoryIsGivenBack() {
    for (LentMemory mode : LentMemory.values()) {
      Card card = trial().open(b -> b.offer(NicTrial.offer(1)).memory(mode));
      RandomGenerator random = trial().random();
      awaitAny(card, card.harness().transmit(0, frames(card, random, 500)));
      card.drain();
      card.come(
          IntStream.range(0, 200)
              .mapToObj(i -> card.incoming().plain(payload(random, SMALL)))
              .toList());
      card.close();
    }
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause({"NET-038", "NET-011"})
  void withoutBuffersFramesAreDroppedWhole() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(0, 1));
    RandomGenerator random = trial().random();
    long before = card.harness().statistics().droppedNoBuffer();
    List<byte[]> lost = incoming(card, random, 7);
    card.put(lost);
    awaitDropped(card, before + 7);
    card.harness().post(0, Collections.nCopies(5, NicBuffer.of(SMALL + 100)));
    List<byte[]> kept = incoming(card, random, 5);
    card.expectArrival(kept);
    card.put(incoming(card, random, 1));
    awaitDropped(card, before + 8);
    if (!card.drain().isEmpty()) {
      throw trial().violation("nothing arrives without a buffer", "a frame did");
    }
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause({"NET-039", "NET-018"})
  void shortBufferServesTheNext() {
    Card card =
        trial()
            .open(b ->
                b.offer(
                        NicTrial.offer(
                            1,
                            NicCapabilities.SCATTERED_RECEIVE,
                            NicCapabilities.RECEIVE_JOINED,
                            NicCapabilities.RECEIVE_CHECKSUM))
                    .buffers(0, 1));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 10; round++) {
      long before = card.harness().statistics().droppedNoBuffer();
      List<Posting> posted = card.harness().post(0, List.of(NicBuffer.of(100)));
      card.harness().awaitBuffers();
      card.put(List.of(card.incoming().plain(payload(random, random.nextInt(87, 500)))));
      awaitDropped(card, before + 1);
      card.expectArrival(List.of(card.incoming().plain(payload(random, 86 - round))));
      posted.forEach(Posting::await);
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "scattered-receive"})
  @Clause({"NET-040", "NET-033", "NET-034", "NET-035"})
  void longFrameTakesSeveralBuffers() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(0, 1));
    RandomGenerator random = trial().random();
    int longest = Math.min(card.properties().maxFrameBytes(), 4000);
    for (int round = 0; round < 60; round++) {
      int size = random.nextInt(14, 300);
      int bytes = round % 4 == 0 ? size * random.nextInt(1, 5) : random.nextInt(14, longest + 1);
      int needed = (bytes + size - 1) / size;
      card.harness().post(0, Collections.nCopies(needed, NicBuffer.of(size)));
      ReceivedFrame arrived =
          card.come(List.of(card.incoming().plain(payload(random, bytes - 14)))).getFirst();
      if (arrived.buffers() != needed) {
        throw trial()
            .violation(
                "%d bytes take %d buffers of %d".formatted(bytes, needed, size),
                "they took " + arrived.buffers());
      }
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "scattered-receive"})
  @Clause({"NET-040", "NET-038"})
  void tooFewBuffersDropTheFrameWhole() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(0, 1));
    RandomGenerator random = trial().random();
    card.harness().post(0, Collections.nCopies(2, NicBuffer.of(100)));
    card.harness().awaitBuffers();
    long before = card.harness().statistics().droppedNoBuffer();
    card.put(List.of(card.incoming().plain(payload(random, 250))));
    awaitDropped(card, before + 1);
    card.expectArrival(List.of(card.incoming().plain(payload(random, 180))));
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause({"NET-035", "NET-036"})
  void buffersAreFilledInOrder() {
    Card card = trial().open(b -> b.offer(NicTrial.plainReceive(1)).buffers(0, 1));
    RandomGenerator random = trial().random();
    List<Posting> posted =
        card.harness()
            .post(0, IntStream.range(0, 20).mapToObj(i -> NicBuffer.of(SMALL + 100 + i)).toList());
    card.expectArrival(incoming(card, random, 12));
    long back = posted.stream().filter(Posting::isDone).count();
    if (back != 12 || !posted.subList(0, 12).stream().allMatch(Posting::isDone)) {
      throw trial().violation("the first 12 of 20 buffers are back", back + " are");
    }
  }

  private static void awaitAny(Card card, List<Sending> sendings) {
    sendings.forEach(sending -> card.expectStatus(sending, Status.OK, Status.NOT_READY));
  }

  private void awaitDropped(Card card, long expected) {
    long end = System.nanoTime() + trial().patience().toNanos();
    long now = card.harness().statistics().droppedNoBuffer();
    while (now < expected && System.nanoTime() < end) {
      card.harness()
          .receive(Duration.ofMillis(1))
          .ifPresent(frame -> {
            throw trial().violation("a frame without a buffer is dropped", "it arrived: " + frame);
          });
      now = card.harness().statistics().droppedNoBuffer();
    }
    if (now != expected) {
      throw trial()
          .violation(expected + " frames counted as dropped without a buffer", now + " are");
    }
  }

  private static List<NicFrame> frames(Card card, RandomGenerator random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> NicFrame.of(card.plain(random, random.nextInt(14, SMALL))))
        .toList();
  }

  private static List<byte[]> incoming(Card card, RandomGenerator random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> card.incoming().plain(payload(random, random.nextInt(SMALL))))
        .toList();
  }

  private static byte[] payload(RandomGenerator random, int bytes) {
    byte[] made = new byte[bytes];
    random.nextBytes(made);
    return made;
  }
}
