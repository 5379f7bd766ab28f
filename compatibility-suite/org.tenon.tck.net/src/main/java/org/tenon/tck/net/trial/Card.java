package org.tenon.tck.net.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.kit.testing.Sending;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Frames;
import org.tenon.tck.net.packet.Segmentation;

/** An open card, and what tests keep asking of it. For the test's thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Card {
  /** The station that tests talk to. */
  public static final MacAddress PEER = MacAddress.parse("02:00:5e:00:53:99");

  /** How many frames come or go before the host has posted new buffers. */
  public static final int BURST = 24;

  /** How long nothing more comes before the suite takes it that nothing does. */
  private static final Duration QUIET = Duration.ofMillis(25);

  private final NicTrial trial;
  private final Wire wire;
  private final NicHarness harness;
  private final boolean loops;

  Card(NicTrial trial, Wire wire, NicHarness harness) {
    this.trial = trial;
    this.wire = wire;
    this.harness = harness;
    this.loops = trial.loops();
  }

  /** The checking host. */
  public NicHarness harness() {
    return harness;
  }

  /** The wire's other end. */
  public Wire wire() {
    return wire;
  }

  /** What was agreed. */
  public NicAgreement agreement() {
    return harness.agreement();
  }

  /** What the card is. */
  public NicProperties properties() {
    return harness.properties();
  }

  /** Closes the driver; what is wrong then is held against it when the test ends. */
  public void close() {
    harness.close();
  }

  /** Makes frames that the card sends. */
  public FrameMaker outgoing() {
    return new FrameMaker(PEER, properties().address());
  }

  /** Makes frames that come to the card. */
  public FrameMaker incoming() {
    return new FrameMaker(properties().address(), PEER);
  }

  /** A frame of that length that the card sends and that is no IP. */
  public byte[] plain(RandomGenerator random, int bytes) {
    byte[] payload = new byte[bytes - NicProperties.HEADER_BYTES];
    random.nextBytes(payload);
    return outgoing().plain(payload);
  }

  /** Sends complete frames on a pair, which leave as they are. */
  public void expectSent(int pair, List<byte[]> frames) {
    for (int from = 0; from < frames.size(); from += BURST) {
      List<byte[]> burst = frames.subList(from, Math.min(from + BURST, frames.size()));
      harness.awaitBuffers();
      List<Sending> sendings = harness.transmit(pair, burst.stream().map(NicFrame::of).toList());
      expectLeft(burst);
      sendings.forEach(sending -> expectStatus(sending, Status.OK));
    }
  }

  /** Sends one frame, which leaves as these. */
  public void expectSent(int pair, NicFrame frame, List<byte[]> expected) {
    harness.awaitBuffers();
    Sending sending = harness.transmit(pair, frame);
    expectStatus(sending, Status.OK);
    expectLeft(expected);
  }

  /** Sends one frame, which comes back with one of these statuses, and nothing of it leaves. */
  public void expectRefused(NicFrame frame, int... statuses) {
    harness.awaitBuffers();
    expectStatus(harness.transmit(0, frame), statuses);
    expectNothingLeft();
  }

  /** Looks that nothing has left that was not seen: a frame sent now is the next to leave. */
  public void expectNothingLeft() {
    byte[] next = plain(trial.random(), 77);
    harness.awaitBuffers();
    expectStatus(harness.transmit(0, NicFrame.of(next)), Status.OK);
    expectLeft(List.of(next));
  }

  /** Takes the next frames that leave, which must be these. */
  public void expectLeft(List<byte[]> expected) {
    List<byte[]> seen = new ArrayList<>();
    while (seen.size() < expected.size()) {
      List<byte[]> more = nextLeft(trial.patience());
      if (more.isEmpty()) {
        throw trial.violation(
            "%d frames leave".formatted(expected.size()),
            "%d left within %d s".formatted(seen.size(), trial.patience().toSeconds()));
      }
      seen.addAll(more);
    }
    expectSame(trial.about(), expected, seen);
  }

  /**
   * Waits so long for what leaves next: one frame, complete, or the segments of one that came back
   * joined.
   */
  public List<byte[]> nextLeft(Duration limit) {
    if (!loops) {
      return wire.observe(limit).map(List::of).orElse(List.of());
    }
    return harness.receive(limit).map(Card::finished).orElse(List.of());
  }

  /** What a frame that came back to the card was, or would have been, on the wire. */
  public static List<byte[]> finished(ReceivedFrame frame) {
    return finished(frame.bytes(), frame.offload());
  }

  /** What a frame that asks this and promises that would be on the wire. */
  public static List<byte[]> finished(byte[] frame, long offload) {
    if (NicOffload.cutting(offload) != NicOffload.WHOLE) {
      return Segmentation.cut(frame, offload);
    }
    return List.of(
        NicOffload.needsChecksum(offload)
            ? Checksums.complete(
                frame, NicOffload.checksumStart(offload), NicOffload.checksumOffset(offload))
            : frame);
  }

  /** Has frames come, each of which arrives; as many as came. */
  public List<ReceivedFrame> come(List<byte[]> frames) {
    List<ReceivedFrame> arrived = new ArrayList<>();
    for (int from = 0; from < frames.size(); from += BURST) {
      List<byte[]> burst = frames.subList(from, Math.min(from + BURST, frames.size()));
      harness.awaitBuffers();
      put(burst);
      for (int i = 0; i < burst.size(); i++) {
        arrived.add(nextArrived());
      }
    }
    return arrived;
  }

  /** Puts frames on the wire, to come to the card, and does not wait. At most a burst. */
  public void put(List<byte[]> frames) {
    if (loops) {
      for (Sending sending : harness.transmit(0, frames.stream().map(NicFrame::of).toList())) {
        expectStatus(sending, Status.OK);
      }
    } else {
      frames.forEach(wire::inject);
    }
  }

  /** Takes the next frame that arrives, which must come. */
  public ReceivedFrame nextArrived() {
    return harness
        .receive(trial.patience())
        .orElseThrow(() ->
            trial.violation(
                "a frame arrives", "none did within %d s".formatted(trial.patience().toSeconds())));
  }

  /** Waits until nothing more arrives; what did. */
  public List<ReceivedFrame> drain() {
    List<ReceivedFrame> arrived = new ArrayList<>();
    for (Optional<ReceivedFrame> next = harness.receive(QUIET);
        next.isPresent();
        next = harness.receive(QUIET)) {
      arrived.add(next.get());
    }
    return arrived;
  }

  /** Takes whatever has left, if something may have, until nothing more does. */
  public void drainShortly(boolean something) {
    if (something) {
      drainLeft();
    }
  }

  /** Waits until nothing more leaves; what did. */
  public List<byte[]> drainLeft() {
    List<byte[]> left = new ArrayList<>();
    for (List<byte[]> next = nextLeft(QUIET); !next.isEmpty(); next = nextLeft(QUIET)) {
      left.addAll(next);
    }
    return left;
  }

  /** Has frames come, each of which arrives as it is, on whichever pair, in their order. */
  public void expectArrival(List<byte[]> frames) {
    expectSame(trial.about(), frames, come(frames).stream().map(ReceivedFrame::bytes).toList());
  }

  /** Waits for a frame that must come back with one of these statuses. */
  public void expectStatus(Sending sending, int... statuses) {
    int status = sending.await();
    if (IntStream.of(statuses).noneMatch(allowed -> allowed == status)) {
      String expected =
          IntStream.of(statuses).mapToObj(Status::name).collect(Collectors.joining(" or "));
      throw trial.violation(
          "a %s comes back as %s".formatted(sending.frame(), expected),
          "it came back as " + Status.name(status));
    }
  }

  /** Compares frames one by one. */
  public static void expectSame(ClauseId clause, List<byte[]> expected, List<byte[]> actual) {
    for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
      if (i >= expected.size() || i >= actual.size()) {
        throw new ClauseViolated(
            clause,
            expected.size() + " frames",
            "there are %d; the first too many or too few is number %d".formatted(actual.size(), i));
      }
      String difference = Frames.difference(expected.get(i), actual.get(i));
      if (!difference.isEmpty()) {
        throw new ClauseViolated(
            clause, "frame %d of %d is as it was".formatted(i, expected.size()), difference);
      }
    }
  }
}
