package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicProperties;

/** The host's side of one NIC driver, put together after the negotiation. */
final class NicRig extends Rig {
  private static final int JOINED_BYTES = 65_550;

  private final NicAgreement agreement;
  private final HarnessOptions options;
  private final NicBuffers wanted;
  private final ReceiveRules receiving;
  private final List<TransmitPort> transmitPorts = new ArrayList<>();
  private final List<PostPort> postPorts = new ArrayList<>();
  private final LinkedBlockingQueue<ReceivedFrame> received = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<NicLink> links = new LinkedBlockingQueue<>();
  private final AtomicLong postings = new AtomicLong();
  private final CheckingNicHost host;
  private volatile NicBuffer lasting = NicBuffer.of(1);

  private NicRig(
      NicAgreement agreement, HarnessOptions options, NicBuffers wanted, HostServices services) {
    super(services);
    this.agreement = agreement;
    this.options = options;
    this.wanted = wanted;
    this.receiving = new ReceiveRules(agreement);
    int depth = agreement.queueDepth();
    for (int pair = 0; pair < agreement.queuePairs(); pair++) {
      transmitPorts.add(add(new TransmitPort(pair, depth, options, services)));
      postPorts.add(
          add(
              new PostPort(
                  pair, depth, options, services, receiving, received::add, this::replace)));
    }
    host =
        new CheckingNicHost(
            agreement, options.deadlines(), services, transmitPorts, postPorts, links::add);
    begin();
  }

  /**
   * Negotiates with a driver.
   *
   * @throws DriverException if it refuses
   */
  static NicRig negotiate(
      NicDriverFactory factory, HarnessOptions options, NicOffer offer, NicBuffers wanted)
      throws DriverException {
    HostServices services =
        new HostServices(factory, options, NicClauses.MEMORY_IS_OVER, fault -> {});
    NicAgreement taken =
        services.negotiate(NicClauses.NEGOTIATE_PURE, () -> factory.negotiate(offer));
    if (!taken.isWithin(offer)) {
      services
          .faults()
          .report(
              NicClauses.AGREEMENT_SUBSET,
              Fault.Kind.BAD_ANSWER,
              taken + " is not within the " + offer);
    }
    return new NicRig(taken, options, wanted, services);
  }

  /** Learns what the card is. */
  void open(NicProperties properties) {
    receiving.open(properties);
    boolean joined =
        agreement.has(NicCapabilities.RECEIVE_JOINED)
            && !agreement.has(NicCapabilities.SCATTERED_RECEIVE);
    int bytes =
        joined
            ? Math.max(JOINED_BYTES, properties.maxFrameBytes())
            : Math.min(properties.maxFrameBytes(), JOINED_BYTES);
    lasting = NicBuffer.of(wanted.bytes() > 0 ? wanted.bytes() : bytes);
  }

  /** Lets frames through, and posts buffers. */
  void run(NicDriver driver) {
    for (int pair = 0; pair < postPorts.size(); pair++) {
      postPorts.get(pair).run(driver.queuePair(pair));
      int count = Math.min(wanted.count(), agreement.queueDepth());
      post(pair, Collections.nCopies(count, lasting), true, "the harness");
    }
    // What waits to be sent may come back at once: it finds the buffers there.
    postPorts.forEach(port -> port.awaitOffered(options.patience()));
    for (int pair = 0; pair < postPorts.size(); pair++) {
      transmitPorts.get(pair).run(driver.queuePair(pair));
    }
  }

  /** The driver may return buffers without a frame. */
  void rest() {
    pause();
    postPorts.forEach(PostPort::withdrawWaiting);
    postPorts.forEach(PostPort::rest);
  }

  List<Posting> post(int pair, List<NicBuffer> buffers, boolean keep, String origin) {
    List<Posting> made =
        buffers.stream()
            .map(buffer ->
                new Posting(
                    pair, postings.getAndIncrement(), buffer, keep, origin, options.patience()))
            .toList();
    postPort(pair).submit(made);
    return made;
  }

  private void replace(Posting spent) {
    if (spent.isLasting() && !postPort(spent.queue()).isAtRest()) {
      post(spent.queue(), List.of(spent.buffer()), true, spent.origin());
    }
  }

  List<Sending> sending() {
    return transmitPorts.stream().flatMap(port -> port.inFlight().stream()).toList();
  }

  List<Posting> posted() {
    return postPorts.stream().flatMap(port -> port.inFlight().stream()).toList();
  }

  List<PostPort> postPorts() {
    return postPorts;
  }

  TransmitPort transmitPort(int pair) {
    return transmitPorts.get(Objects.checkIndex(pair, transmitPorts.size()));
  }

  PostPort postPort(int pair) {
    return postPorts.get(Objects.checkIndex(pair, postPorts.size()));
  }

  List<Integer> pairs() {
    return IntStream.range(0, transmitPorts.size()).boxed().toList();
  }

  /** Frames that have come and that nobody has taken. */
  LinkedBlockingQueue<ReceivedFrame> received() {
    return received;
  }

  /** Changes of the link that were told and that nobody has taken. */
  LinkedBlockingQueue<NicLink> links() {
    return links;
  }

  NicAgreement agreement() {
    return agreement;
  }

  @Override
  CheckingNicHost host() {
    return host;
  }
}
