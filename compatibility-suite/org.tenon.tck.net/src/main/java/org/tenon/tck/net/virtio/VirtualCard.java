package org.tenon.tck.net.virtio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tenon.kit.testing.pci.PciMachine;
import org.tenon.kit.testing.virtio.GuestNicConfig;
import org.tenon.kit.testing.virtio.GuestNicDriver;
import org.tenon.kit.testing.virtio.GuestNicFrame;
import org.tenon.kit.testing.virtio.GuestNicHeader;
import org.tenon.kit.testing.virtio.GuestNicOptions;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.virtio.VirtioFeature;
import org.tenon.kit.testing.virtio.VirtioNicHost;
import org.tenon.kit.testing.virtio.VirtioPciTransport;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicProperties;
import org.tenon.tck.core.run.NotApplicable;
import org.tenon.tck.core.run.NotRun;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTrial;

/** A card behind virtual hardware, and what tests keep asking of it. For the test's thread. */
final class VirtualCard {
  /** Every kind of ring that a guest may choose. */
  static final List<RingOptions> SHAPES =
      List.of(
          new RingOptions(256, false, false, false),
          new RingOptions(256, false, true, true),
          new RingOptions(256, true, false, false),
          new RingOptions(256, true, true, true));

  /**
   * A plain guest, whose rings hold many bursts: that new buffers have been posted does not say
   * that the driver has them.
   */
  static final GuestNicOptions PLAIN = GuestNicOptions.DEFAULT.withShape(SHAPES.getFirst());

  /** How long nothing more comes before the suite takes it that nothing does. */
  static final Duration QUIET = Duration.ofMillis(25);

  private static final int PAIRS = 4;

  private final NicTrial trial;
  private final Wire wire;
  private final VirtioPciTransport transport;
  private final GuestNicDriver guest;
  private final GuestNicConfig config;
  private final Set<ByteBuffer> probes = new HashSet<>();

  private VirtualCard(NicTrial trial, Wire wire, GuestNicOptions options) {
    this(trial, wire, wire.settings(), options);
  }

  private VirtualCard(
      NicTrial trial, Wire wire, Map<String, String> settings, GuestNicOptions options) {
    this.trial = trial;
    this.wire = wire;
    transport = new VirtioPciTransport(plug(trial, settings));
    wire.attached();
    guest = GuestNicDriver.open(transport, options);
    config = guest.config();
    awaitBuffers();
    if (guest.device().has(VirtioFeature.NET_CTRL_RX)) {
      guest.control().promiscuous(true);
    }
  }

  /** Resets the card and brings it up; frames to its own address and to groups arrive then. */
  void restart() {
    guest.reset();
    awaitBuffers();
  }

  /**
   * Has frames come until one arrives, where frames can come: a guest that has posted buffers does
   * not know when the driver has them, and until then a frame may be dropped.
   */
  void awaitBuffers() {
    if (!trial.loops() && !trial.subject().wiring().abilities().contains(Wire.Ability.INJECTS)) {
      return;
    }
    byte[] probe = incoming().plain(new byte[46]);
    long end = System.nanoTime() + trial.patience().toNanos();
    do {
      if (System.nanoTime() > end) {
        throw trial.violation(
            "frames arrive once the card is set up",
            "none did within %d s%s".formatted(trial.patience().toSeconds(), brokenOrNot()));
      }
    } while (probe(probe).isEmpty());
  }

  /**
   * Has a frame come of which nobody knows whether it arrives, and when: if it does so later, it is
   * not seen.
   *
   * @return what arrived soon after
   */
  Optional<GuestNicFrame> probe(byte[] frame) {
    probes.add(ByteBuffer.wrap(frame));
    put(List.of(frame));
    return guest.receive(QUIET);
  }

  /** Waits so long for the next frame that arrives and is no probe. */
  private Optional<GuestNicFrame> receive(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Optional<GuestNicFrame> next = guest.receive(left);
      if (next.isEmpty() || !probes.contains(ByteBuffer.wrap(next.get().bytes()))) {
        return next;
      }
    }
  }

  private static PciMachine plug(NicTrial trial, Map<String, String> settings) {
    VirtioNicHost hypervisor =
        ServiceLoader.load(VirtioNicHost.class)
            .findFirst()
            .orElseThrow(() ->
                new NotRun(
                    "no hypervisor provides "
                        + VirtioNicHost.class.getName()
                        + " here; 'tenon certify' brings one"));
    trial.evidence().note("virtual hardware", hypervisor.name());
    try {
      return trial.keep(
          hypervisor.plug(
              trial.subject().factory(),
              settings,
              PAIRS,
              trial.subject().deadlines(),
              trial::report));
    } catch (DriverException e) {
      throw trial.violation(
          "the driver opens behind a virtio-net card", "it refused: " + e.getMessage(), e);
    }
  }

  /** A card on a wire of its own. Every frame arrives at it, until the test says otherwise. */
  static VirtualCard open(NicTrial trial, GuestNicOptions options) {
    return new VirtualCard(trial, trial.wire(), options);
  }

  /** A card on a wire that is there. */
  static VirtualCard open(NicTrial trial, Wire wire, GuestNicOptions options) {
    return new VirtualCard(trial, wire, options);
  }

  /** A card whose driver has settings beside those of its wire. */
  static VirtualCard open(NicTrial trial, Map<String, String> more, GuestNicOptions options) {
    Wire wire = trial.wire();
    Map<String, String> settings = new HashMap<>(wire.settings());
    settings.putAll(more);
    return new VirtualCard(trial, wire, settings, options);
  }

  GuestNicDriver guest() {
    return guest;
  }

  VirtioPciTransport transport() {
    return transport;
  }

  Wire wire() {
    return wire;
  }

  /** What the card said of itself when it was found. */
  GuestNicConfig config() {
    return config;
  }

  /** The longest frame that is not cut. */
  int longest() {
    return config.mtu() + NicProperties.OVERHEAD_BYTES;
  }

  /** Ends a test for a card that offers no such feature. */
  void require(long feature, String what) {
    if (!guest.device().has(feature)) {
      throw new NotApplicable("the card offers no " + what);
    }
  }

  /** Makes frames that the card sends; by a loop, to the card. */
  FrameMaker outgoing() {
    return trial.loops() ? incoming() : new FrameMaker(Card.PEER, config.address());
  }

  /** Makes frames that come to the card. */
  FrameMaker incoming() {
    return to(config.address());
  }

  /** Makes frames that come to another station. */
  static FrameMaker to(MacAddress destination) {
    return new FrameMaker(destination, Card.PEER);
  }

  static byte[] bytes(RandomGenerator random, int count) {
    byte[] made = new byte[count];
    random.nextBytes(made);
    return made;
  }

  /** A frame of that length that is no IP. */
  static byte[] plain(FrameMaker maker, RandomGenerator random, int length) {
    return maker.plain(bytes(random, length - NicProperties.HEADER_BYTES));
  }

  /** Sends a frame, which leaves as these. */
  void expectSent(GuestNicHeader header, byte[] frame, List<byte[]> expected, int... cuts) {
    guest.send(0, header, frame, cuts);
    expectLeft(expected);
  }

  /** Sends complete frames, which leave as they are. */
  void expectSent(List<byte[]> frames) {
    for (int from = 0; from < frames.size(); from += Card.BURST) {
      List<byte[]> burst = frames.subList(from, Math.min(from + Card.BURST, frames.size()));
      burst.forEach(frame -> guest.send(0, GuestNicHeader.NONE, frame));
      expectLeft(burst);
    }
  }

  /** Takes the next frames that leave, which must be these. */
  void expectLeft(List<byte[]> expected) {
    List<byte[]> seen = new ArrayList<>();
    while (seen.size() < expected.size()) {
      List<byte[]> more = nextLeft(trial.patience());
      if (more.isEmpty()) {
        throw trial.violation(
            "%d frames leave".formatted(expected.size()),
            "%d left within %d s%s"
                .formatted(seen.size(), trial.patience().toSeconds(), brokenOrNot()));
      }
      seen.addAll(more);
    }
    Card.expectSame(trial.about(), expected, seen);
  }

  private String brokenOrNot() {
    return guest.device().needsReset() ? ", and the card needs a reset" : "";
  }

  /** Waits so long for what leaves next. */
  List<byte[]> nextLeft(Duration limit) {
    if (!trial.loops()) {
      return wire.observe(limit).map(List::of).orElse(List.of());
    }
    return receive(limit)
        .map(frame -> Card.finished(frame.bytes(), frame.header().offload()))
        .orElse(List.of());
  }

  /** Waits until nothing more leaves; what did. */
  List<byte[]> drainLeft() {
    List<byte[]> left = new ArrayList<>();
    for (List<byte[]> next = nextLeft(QUIET); !next.isEmpty(); next = nextLeft(QUIET)) {
      left.addAll(next);
    }
    return left;
  }

  /** Has frames come, and does not wait. At most a burst. */
  void put(List<byte[]> frames) {
    if (trial.loops()) {
      frames.forEach(frame -> guest.send(0, GuestNicHeader.NONE, frame));
    } else {
      frames.forEach(wire::inject);
    }
  }

  /** Takes the next frame that arrives, which must come. */
  GuestNicFrame nextArrived() {
    return receive(trial.patience())
        .orElseThrow(() ->
            trial.violation(
                "a frame arrives",
                "none did within %d s%s".formatted(trial.patience().toSeconds(), brokenOrNot())));
  }

  /** Has frames come, each of which arrives; as many as came. */
  List<GuestNicFrame> come(List<byte[]> frames) {
    List<GuestNicFrame> arrived = new ArrayList<>();
    for (int from = 0; from < frames.size(); from += Card.BURST) {
      List<byte[]> burst = frames.subList(from, Math.min(from + Card.BURST, frames.size()));
      put(burst);
      burst.forEach(frame -> arrived.add(nextArrived()));
    }
    return arrived;
  }

  /** Has frames come, each of which arrives as it is, in their order. */
  void expectArrival(List<byte[]> frames) {
    Card.expectSame(
        trial.about(), frames, come(frames).stream().map(GuestNicFrame::bytes).toList());
  }

  /** Waits until nothing more arrives; what did. */
  List<GuestNicFrame> drain() {
    List<GuestNicFrame> arrived = new ArrayList<>();
    for (Optional<GuestNicFrame> next = receive(QUIET); next.isPresent(); next = receive(QUIET)) {
      arrived.add(next.get());
    }
    return arrived;
  }

  /** A frame sent now leaves, and one that comes now arrives, as far as the wire can do either. */
  void expectServes(RandomGenerator random, boolean seenSending, boolean framesCome) {
    if (seenSending) {
      expectSent(List.of(plain(outgoing(), random, 333)));
    }
    if (framesCome) {
      expectArrival(List.of(plain(incoming(), random, 444)));
    }
  }

  /** The guest's whole RAM as it is now. */
  byte[] ram() {
    return transport.memory().toArray(JAVA_BYTE);
  }

  /** Looks that nothing has been written since. */
  void expectUntouched(byte[] before, String since) {
    long at = MemorySegment.ofArray(before).mismatch(transport.memory());
    if (at >= 0) {
      throw trial.violation(
          "nothing lands in guest memory " + since,
          "the byte at 0x%x has changed".formatted(transport.memoryBase() + at));
    }
  }
}
