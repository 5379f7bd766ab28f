package org.tenon.tck.net.virtio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.virtio.GuestNicConfig;
import org.tenon.kit.testing.virtio.GuestNicFrame;
import org.tenon.kit.testing.virtio.GuestNicHeader;
import org.tenon.kit.testing.virtio.GuestNicOptions;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.virtio.VirtioFeature;
import org.tenon.kit.testing.virtio.VirtioNet;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicSteering;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.Tier;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Flow;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Segmentation;
import org.tenon.tck.net.packet.Toeplitz;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/** Frames through the rings of a virtio-net card, and what the guest and the card say of them. */
@InTier(Tier.VIRTUAL_HARDWARE)
public abstract class VirtualTrafficTests extends NicTests {
  private static final int FLOWS = 16;
  private static final int SHORT_BUFFER = 100;

  /** What a guest takes to which frames may come back by a loop as it sent them. */
  private static final long JOINED =
      VirtioFeature.NET_GUEST_CSUM
          | VirtioFeature.NET_GUEST_TSO4
          | VirtioFeature.NET_GUEST_TSO6
          | VirtioFeature.NET_GUEST_ECN;

  /** For the contract. */
  protected VirtualTrafficTests() {}

  @Test
  @Requires(Trait.SEEN_SENDING)
  @Clause("NET-089")
  void sentThroughEveryKindOfRing() {
    for (RingOptions shape : VirtualCard.SHAPES) {
      VirtualCard card = open(VirtualCard.PLAIN.with(VirtioFeature.NET_CSUM), shape);
      RandomGenerator random = trial().random();
      boolean gathers = card.guest().device().has(VirtioFeature.NET_CSUM);
      for (int length : lengths(card, random)) {
        byte[] frame = VirtualCard.plain(card.outgoing(), random, length);
        card.expectSent(
            GuestNicHeader.NONE,
            frame,
            List.of(frame),
            gathers ? cuts(random, length) : new int[] {VirtioNet.HEADER_BYTES});
      }
      card.transport().close();
    }
  }

  @Test
  @Requires(Trait.FRAMES_COME)
  @Clause("NET-089")
  void arriveThroughEveryKindOfRing() {
    for (RingOptions shape : VirtualCard.SHAPES) {
      VirtualCard card = open(VirtualCard.PLAIN, shape);
      RandomGenerator random = trial().random();
      for (int length : lengths(card, random)) {
        card.expectArrival(List.of(VirtualCard.plain(card.incoming(), random, length)));
      }
      card.transport().close();
    }
  }

  /** A guest that gathers pieces cuts its buffers as it likes. */
  @Test
  @Requires({Trait.FRAMES_COME, "transmit-checksum"})
  @Clause("NET-089")
  void arriveInBuffersOfManyPieces() {
    VirtualCard card =
        VirtualCard.open(
            trial(),
            VirtualCard.PLAIN
                .with(VirtioFeature.NET_CSUM)
                .withShape(VirtualCard.SHAPES.get(1))
                .withPieces(5, 8, 1, 50, 700, 2, 1300));
    card.require(VirtioFeature.NET_CSUM, "gathering of pieces");
    RandomGenerator random = trial().random();
    for (int length : lengths(card, random)) {
      card.expectArrival(List.of(VirtualCard.plain(card.incoming(), random, length)));
    }
  }

  @Test
  @Clause("NET-090")
  void configurationSpaceTellsTheTruth() throws DriverException {
    Wire wire = trial().wire();
    Card direct = trial().adopt(wire, trial().harness(wire).offer(NicTrial.offer(4)).open());
    NicAgreement agreement = direct.agreement();
    int mtu = direct.properties().maxMtu();
    direct.close();
    VirtualCard card = VirtualCard.open(trial(), wire, VirtualCard.PLAIN);
    GuestNicConfig seen = card.config();
    boolean spreads = agreement.has(NicCapabilities.STEERING);
    expectEqual("address", direct.properties().address(), seen.address());
    expectEqual("MTU", mtu, seen.mtu());
    expectEqual("most pairs of queues", spreads ? agreement.queuePairs() : 1, seen.maxPairs());
    long offered = card.transport().deviceFeatures();
    expectBit(agreement, NicCapabilities.RECEIVE_CHECKSUM, offered, VirtioFeature.NET_GUEST_CSUM);
    expectBit(agreement, NicCapabilities.RECEIVE_JOINED, offered, VirtioFeature.NET_GUEST_TSO4);
    expectBit(agreement, NicCapabilities.RECEIVE_JOINED, offered, VirtioFeature.NET_GUEST_TSO6);
    expectBit(agreement, NicCapabilities.SCATTERED_RECEIVE, offered, VirtioFeature.NET_MRG_RXBUF);
    expectBit(agreement, NicCapabilities.ADDRESS_FILTER, offered, VirtioFeature.NET_CTRL_RX);
    expectBit(agreement, NicCapabilities.VLAN_FILTER, offered, VirtioFeature.NET_CTRL_VLAN);
    // A driver that takes few segments gets no such frames, whatever was agreed.
    expectOnlyIf(agreement, NicCapabilities.TRANSMIT_CHECKSUM, offered, VirtioFeature.NET_CSUM);
    expectOnlyIf(agreement, NicCapabilities.TRANSMIT_TCP4, offered, VirtioFeature.NET_HOST_TSO4);
    expectOnlyIf(agreement, NicCapabilities.TRANSMIT_TCP6, offered, VirtioFeature.NET_HOST_TSO6);
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-checksum"})
  @Clause("NET-091")
  void guestsMissingChecksums() {
    VirtualCard card = VirtualCard.open(trial(), VirtualCard.PLAIN.with(VirtioFeature.NET_CSUM));
    card.require(VirtioFeature.NET_CSUM, "checksums");
    RandomGenerator random = trial().random();
    for (int i = 0; i < 60; i++) {
      Flow flow = Flow.random(random, i % 2 == 0, i % 4 < 2 ? Layers.TCP : Layers.UDP);
      byte[] frame =
          card.outgoing().partial(flow, VirtualCard.bytes(random, random.nextInt(1, 1300)));
      long offload = FrameMaker.checksumOf(frame);
      card.expectSent(GuestNicHeader.of(offload), frame, Card.finished(frame, offload));
      byte[] spoilt = spoilt(Card.finished(frame, offload).getFirst());
      card.expectSent(GuestNicHeader.NONE, spoilt, List.of(spoilt));
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "receive-checksum"})
  @Clause("NET-091")
  void guestsChecksumFlagTruth() {
    VirtualCard card =
        VirtualCard.open(trial(), VirtualCard.PLAIN.with(VirtioFeature.NET_GUEST_CSUM));
    RandomGenerator random = trial().random();
    for (int i = 0; i < 60; i++) {
      byte[] complete = conversation(card, random);
      byte[] frame = i % 2 == 0 ? complete : spoilt(complete);
      GuestNicFrame arrived = card.come(List.of(frame)).getFirst();
      boolean valid = (arrived.header().flags() & GuestNicHeader.DATA_VALID) != 0;
      if (valid && !Checksums.areRight(arrived.bytes())) {
        throw trial().violation("no DATA_VALID where the checksum is wrong", "it is set");
      }
      Card.expectSame(
          trial().about(),
          List.of(frame),
          Card.finished(arrived.bytes(), arrived.header().offload()));
    }
  }

  /** A guest that knows no such flags gets complete frames, also where the driver left one open. */
  @Test
  @Requires({Trait.FRAMES_COME, "receive-checksum", "transmit-checksum"})
  @Clause("NET-091")
  void withoutTheFeatureFramesArriveComplete() {
    VirtualCard card = VirtualCard.open(trial(), VirtualCard.PLAIN.with(VirtioFeature.NET_CSUM));
    card.require(VirtioFeature.NET_CSUM, "checksums");
    RandomGenerator random = trial().random();
    for (int i = 0; i < 30; i++) {
      Flow flow = Flow.random(random, i % 2 == 0, Layers.TCP);
      byte[] frame = card.incoming().partial(flow, VirtualCard.bytes(random, 1 + 40 * i));
      long offload = FrameMaker.checksumOf(frame);
      List<byte[]> expected = Card.finished(frame, offload);
      if (trial().loops()) {
        card.guest().send(0, GuestNicHeader.of(offload), frame);
      } else {
        card.put(expected);
      }
      GuestNicFrame arrived = card.nextArrived();
      expectEqual("flags", 0, arrived.header().flags());
      Card.expectSame(trial().about(), expected, List.of(arrived.bytes()));
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp4"})
  @Clause("NET-092")
  void guestsSegmentationOverIpv4() {
    expectCut(VirtioFeature.NET_HOST_TSO4, false);
  }

  @Test
  @Requires({Trait.SEEN_SENDING, "transmit-tcp6"})
  @Clause("NET-092")
  void guestsSegmentationOverIpv6() {
    expectCut(VirtioFeature.NET_HOST_TSO6, true);
  }

  private void expectCut(long feature, boolean ipv6) {
    VirtualCard card =
        VirtualCard.open(
            trial(),
            VirtualCard.PLAIN
                .with(VirtioFeature.NET_CSUM | feature | (trial().loops() ? JOINED : 0))
                .withShape(VirtualCard.SHAPES.get(1)));
    card.require(feature, "segmentation");
    RandomGenerator random = trial().random();
    for (int i = 0; i < 30; i++) {
      int size = i % 3 == 0 ? 1 + random.nextInt(200) : random.nextInt(500, 1400);
      int payload = Math.min(60_000, random.nextInt(1, 20 * size));
      byte[] frame =
          card.outgoing()
              .identification(random.nextInt(65_536))
              .sequence(random.nextInt())
              .flags(FrameMaker.ACK | random.nextInt(2) * FrameMaker.PSH)
              .tcpOptions(random.nextInt(4) * 4)
              .partial(Flow.random(random, ipv6, Layers.TCP), VirtualCard.bytes(random, payload));
      long offload = FrameMaker.cuttingOf(frame, size, false);
      card.expectSent(
          GuestNicHeader.of(offload), frame, Segmentation.cut(frame, offload), cuts(random, 60));
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, "scattered-receive"})
  @Clause("NET-093")
  void framesLongerThanABufferArriveWhole() {
    for (RingOptions shape : VirtualCard.SHAPES) {
      VirtualCard card = open(VirtualCard.PLAIN.withPieces(SHORT_BUFFER), shape);
      RandomGenerator random = trial().random();
      for (int length : lengths(card, random)) {
        byte[] frame = VirtualCard.plain(card.incoming(), random, length);
        GuestNicFrame arrived = card.come(List.of(frame)).getFirst();
        Card.expectSame(trial().about(), List.of(frame), List.of(arrived.bytes()));
        int least = Math.ceilDiv(length + VirtioNet.HEADER_BYTES, SHORT_BUFFER);
        if (arrived.header().buffers() < least) {
          throw trial()
              .violation(
                  "a frame of %d bytes says that it takes %d buffers or more"
                      .formatted(length, least),
                  "it says " + arrived.header().buffers());
        }
      }
      card.transport().close();
    }
  }

  @Test
  @Requires({Trait.FRAMES_COME, Trait.SEVERAL_PAIRS, "steering"})
  @Clause("NET-094")
  void guestsMultiqueueFlowOrder() {
    VirtualCard card = severalPairs();
    RandomGenerator random = trial().random();
    for (int pairs : new int[] {card.guest().pairs(), 1, 2}) {
      expectObeyed(card.guest().control().pairs(pairs), "pairs of queues: " + pairs);
      awaitPairs(card, pairs, random);
      List<Flow> flows = new ArrayList<>();
      for (int i = 0; i < FLOWS; i++) {
        flows.add(Flow.random(random, i % 2 == 0, i % 3 == 0 ? Layers.UDP : Layers.TCP));
      }
      List<byte[]> frames = new ArrayList<>();
      for (int i = 0; i < 240; i++) {
        byte[] number = {(byte) random.nextInt(FLOWS), (byte) i};
        frames.add(card.incoming().complete(flows.get(number[0]), number));
      }
      expectFlowOrder(frames, card.come(frames), pairs);
    }
  }

  /** Has conversations come until so many pairs have given one to the guest. */
  private void awaitPairs(VirtualCard card, int pairs, RandomGenerator random) {
    Set<Integer> served = new HashSet<>();
    long end = System.nanoTime() + trial().patience().toNanos();
    while (served.size() < pairs) {
      if (System.nanoTime() > end) {
        throw trial().violation("frames arrive on %d pairs".formatted(pairs), "on " + served);
      }
      card.probe(conversation(card, random)).ifPresent(frame -> served.add(frame.pair()));
    }
  }

  private void expectFlowOrder(List<byte[]> frames, List<GuestNicFrame> arrived, int pairs) {
    Map<Integer, List<byte[]>> expected = new HashMap<>();
    Map<Integer, List<byte[]>> seen = new HashMap<>();
    Map<Integer, Integer> pairOf = new HashMap<>();
    frames.forEach(
        frame -> expected.computeIfAbsent(flow(frame), f -> new ArrayList<>()).add(frame));
    for (GuestNicFrame frame : arrived) {
      int flow = flow(frame.bytes());
      seen.computeIfAbsent(flow, f -> new ArrayList<>()).add(frame.bytes());
      int pair = pairOf.computeIfAbsent(flow, f -> frame.pair());
      if (pair != frame.pair() || pair >= pairs) {
        throw trial()
            .violation(
                "flow %d arrives on one of %d pairs".formatted(flow, pairs),
                "a frame of it arrived on pair %d after pair %d".formatted(frame.pair(), pair));
      }
    }
    expected.forEach(
        (flow, all) -> Card.expectSame(trial().about(), all, seen.getOrDefault(flow, List.of())));
  }

  private static int flow(byte[] frame) {
    return frame[frame.length - 2];
  }

  @Test
  @Requires({Trait.FRAMES_COME, Trait.SEVERAL_PAIRS, "steering"})
  @Clause("NET-094")
  void guestsSteering() {
    VirtualCard card = severalPairs();
    RandomGenerator random = trial().random();
    int pairs = card.guest().pairs();
    for (int entries : new int[] {1, 8, 512}) {
      NicSteering wanted =
          new NicSteering(
              NicSteering.ALL,
              IntStream.range(0, NicSteering.KEY_BYTES).mapToObj(i -> random.nextInt(256)).toList(),
              IntStream.range(0, entries).mapToObj(i -> random.nextInt(pairs)).toList(),
              random.nextInt(pairs));
      expectObeyed(card.guest().control().steering(wanted, pairs), wanted.toString());
      awaitPairs(card, (int) wanted.table().stream().distinct().count(), random);
      for (int i = 0; i < 40; i++) {
        byte[] frame = conversation(card, random);
        GuestNicFrame arrived = card.come(List.of(frame)).getFirst();
        expectEqual("pair of a frame", Toeplitz.queue(frame, wanted), arrived.pair());
      }
    }
  }

  private VirtualCard severalPairs() {
    return VirtualCard.open(
        trial(), VirtualCard.PLAIN.with(VirtioFeature.NET_MQ | VirtioFeature.NET_RSS));
  }

  private VirtualCard open(GuestNicOptions options, RingOptions shape) {
    return VirtualCard.open(trial(), options.withShape(shape));
  }

  /** The lengths at which something ends, and some between. */
  private static List<Integer> lengths(VirtualCard card, RandomGenerator random) {
    List<Integer> all =
        new ArrayList<>(List.of(14, 15, 59, 60, 61, 64, 88, 89, 188, 189, 255, 256));
    for (int beyond = -1; beyond <= 0; beyond++) {
      all.addAll(List.of(card.longest() - 8 + beyond, card.longest() - 4 + beyond));
      all.add(card.longest() + beyond);
    }
    for (int i = 0; i < 12; i++) {
      all.add(random.nextInt(14, card.longest() + 1));
    }
    return all;
  }

  /** Cuts header and front of a frame into a few pieces of any length. */
  private static int[] cuts(RandomGenerator random, int frameBytes) {
    int bytes = VirtioNet.HEADER_BYTES + frameBytes;
    int[] cuts = new int[random.nextInt(6)];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = 1 + random.nextInt(Math.max(1, bytes / 7));
    }
    return cuts;
  }

  private static byte[] conversation(VirtualCard card, RandomGenerator random) {
    Flow flow =
        Flow.random(random, random.nextBoolean(), random.nextBoolean() ? Layers.TCP : Layers.UDP);
    return card.incoming().complete(flow, VirtualCard.bytes(random, random.nextInt(1, 800)));
  }

  private static byte[] spoilt(byte[] frame) {
    byte[] other = frame.clone();
    other[other.length - 1] ^= 0x5a;
    return other;
  }

  private void expectBit(NicAgreement agreement, Capability capability, long offered, long bit) {
    expectOnlyIf(agreement, capability, offered, bit);
    if (agreement.has(capability) && (offered & bit) == 0) {
      throw trial()
          .violation(
              capability + ", which was agreed, is offered to the guest", "its bit is not set");
    }
  }

  private void expectOnlyIf(NicAgreement agreement, Capability capability, long offered, long bit) {
    if (!agreement.has(capability) && (offered & bit) != 0) {
      throw trial()
          .violation(capability + ", which was not agreed, is not offered", "its bit is set");
    }
  }

  private void expectObeyed(boolean obeyed, String command) {
    if (!obeyed) {
      throw trial().violation("the command is obeyed: " + command, "its answer is ERR");
    }
  }

  private void expectEqual(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw trial().violation(what + " is " + expected, "the guest sees " + actual);
    }
  }
}
