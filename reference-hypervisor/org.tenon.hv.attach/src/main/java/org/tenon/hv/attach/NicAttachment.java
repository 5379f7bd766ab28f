package org.tenon.hv.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.spi.Config;
import org.tenon.spi.Driver;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/** One life of one NIC driver behind one card, or behind a switch as its uplink. */
public final class NicAttachment extends Attachment {
  /** The most segments that a frame or a buffer has here, whatever the driver would take. */
  private static final int SEGMENTS_LIMIT = 64;

  private final NicAgreement agreement;
  private final List<FrameTable> frames = new ArrayList<>();
  private final List<FrameTable> buffers = new ArrayList<>();
  private final NicDriverHost host;
  private volatile List<TransmitPort> transmitPorts = List.of();
  private volatile List<ReceivePort> receivePorts = List.of();
  private volatile @Nullable NicDriver nic;
  private volatile @Nullable NicProperties properties;
  private volatile NicLink link = NicLink.DOWN;

  private NicAttachment(NicDriverFactory factory, NicAgreement agreement, AttachContext context) {
    super(factory.id().value(), context);
    this.agreement = agreement;
    for (int i = 0; i < agreement.queuePairs(); i++) {
      frames.add(new FrameTable(agreement.queueDepth(), lease()));
      buffers.add(new FrameTable(agreement.queueDepth(), lease()));
    }
    host = new NicDriverHost(this, context, factory.id().value());
  }

  /**
   * Negotiates with a driver, opens it and starts it, as {@link #prepare} and {@link #start()} do.
   *
   * @param config the user's settings, read against the factory's keys
   * @return the attachment, RUNNING
   * @throws AttachException if the driver refuses, fails, hangs or answers nonsense; nothing stays
   *     open
   */
  public static NicAttachment open(
      NicDriverFactory factory, NicOffer offer, Config config, AttachContext context)
      throws AttachException {
    NicAttachment attachment = prepare(factory, offer, config, context);
    attachment.start();
    return attachment;
  }

  /**
   * Negotiates with a driver and opens it, so that it can be looked at before it serves. Waits for
   * the driver, each step no longer than its deadline. A driver that takes several pairs of queues
   * and does not steer is asked again for one: nobody could keep its frames from queues that the
   * guest does not serve.
   *
   * @param config the user's settings, read against the factory's keys
   * @return the attachment, PAUSED until {@link #start()}
   * @throws AttachException if the driver refuses, fails, hangs or answers nonsense; nothing stays
   *     open
   */
  public static NicAttachment prepare(
      NicDriverFactory factory, NicOffer offer, Config config, AttachContext context)
      throws AttachException {
    NicAgreement agreement = negotiate(factory, offer, context);
    if (agreement.queuePairs() > 1 && !agreement.has(NicCapabilities.STEERING)) {
      agreement =
          negotiate(factory, NicOffer.of(offer.capabilities(), 1, offer.maxQueueDepth()), context);
    }
    NicAgreement agreed = agreement;
    NicAttachment attachment = new NicAttachment(factory, agreed, context);
    attachment.open(() -> factory.open(agreed, config, attachment.host));
    return attachment;
  }

  private static NicAgreement negotiate(
      NicDriverFactory factory, NicOffer offer, AttachContext context) throws AttachException {
    AtomicReference<@Nullable NicAgreement> answer = new AtomicReference<>();
    ControlCall.await(context, "negotiate", () -> answer.set(factory.negotiate(offer)));
    NicAgreement agreement = answer.get();
    if (agreement == null || !agreement.isWithin(offer)) {
      throw new AttachException(
          "the driver's %s is not within the %s (%s)"
              .formatted(agreement, offer, Clauses.NIC_AGREEMENT_IS_SUBSET));
    }
    return agreement;
  }

  @Override
  List<TagPort> ports(Driver driver) {
    NicDriver opened = (NicDriver) driver;
    NicProperties limits = opened.properties();
    nic = opened;
    properties = limits;
    link = Objects.requireNonNull(opened.link(), "link is null");
    List<TransmitPort> sending = new ArrayList<>();
    List<ReceivePort> receiving = new ArrayList<>();
    int segments = Math.min(limits.maxSegments(), SEGMENTS_LIMIT);
    for (int i = 0; i < agreement.queuePairs(); i++) {
      NicQueuePair pair =
          Objects.requireNonNull(opened.queuePair(i), "pair of queues " + i + " is null");
      frames.get(i).allowSegments(segments);
      buffers.get(i).allowSegments(segments);
      sending.add(new TransmitPort(i, pair, frames.get(i), agreement.queueDepth(), this));
      receiving.add(
          new ReceivePort(i, pair, buffers.get(i), agreement, limits.maxFrameBytes(), this));
    }
    transmitPorts = List.copyOf(sending);
    receivePorts = List.copyOf(receiving);
    List<TagPort> all = new ArrayList<>(sending);
    all.addAll(receiving);
    return all;
  }

  @Override
  NicDriverHost host() {
    return host;
  }

  @Override
  ClauseId closeClause() {
    return Clauses.NIC_CLOSE_RETURNS_ALL;
  }

  @Override
  void rested() {
    for (ReceivePort port : receivePorts) {
      if (port.isInFrame() && state() != State.QUARANTINED) {
        fault(
            Clauses.PARTS_TOGETHER,
            Fault.Kind.FORGOT,
            port.subject(),
            "came to rest inside a frame whose last part is missing");
      }
      port.rest();
    }
  }

  /** What was agreed. */
  public NicAgreement agreement() {
    return agreement;
  }

  /** What the card is and takes. */
  public NicProperties properties() {
    return required(properties);
  }

  /** How the link is, as the driver told last; down where the driver is in quarantine or closed. */
  public NicLink link() {
    State now = state();
    return now == State.QUARANTINED || now == State.CLOSED ? NicLink.DOWN : link;
  }

  /** The most segments of one frame or buffer. */
  public int maxSegments() {
    return Math.min(properties().maxSegments(), SEGMENTS_LIMIT);
  }

  /**
   * Where frames to send go.
   *
   * @param pair 0 to {@code agreement().queuePairs()} − 1
   */
  public TransmitPort transmitPort(int pair) {
    return transmitPorts.get(pair);
  }

  /**
   * Where buffers go, and frames come from.
   *
   * @param pair 0 to {@code agreement().queuePairs()} − 1
   */
  public ReceivePort receivePort(int pair) {
    return receivePorts.get(pair);
  }

  /** Chooses which frames arrive; the stage completes when the driver obeys. */
  public CompletionStage<@Nullable Void> setFilter(NicFilter filter) {
    return tell("setFilter", driver -> driver.setFilter(filter));
  }

  /** Chooses where frames arrive; the stage completes when the driver obeys. */
  public CompletionStage<@Nullable Void> setSteering(NicSteering steering) {
    return tell("setSteering", driver -> driver.setSteering(steering));
  }

  /**
   * Says what the guest takes of the receive offloads that were agreed; a driver of the house that
   * can do with less obeys, and of others the card finishes what it can.
   */
  public CompletionStage<@Nullable Void> setReceiveOffloads(boolean checksum, boolean joined) {
    return tell(
        "receiveOffloads",
        driver -> {
          if (driver instanceof ReceiveOffloads choice) {
            choice.receiveOffloads(checksum, joined);
          }
        });
  }

  private CompletionStage<@Nullable Void> tell(String name, Consumer<NicDriver> call) {
    return inTurn(() ->
        state() == State.CLOSED
            ? CompletableFuture.completedFuture(null)
            : control(
                name,
                driver -> {
                  call.accept((NicDriver) driver);
                  return CompletableFuture.completedStage(null);
                }));
  }

  /** What the driver says that it has done; null where it throws. */
  public @Nullable NicStatistics statistics() {
    try {
      return required(nic).statistics();
    } catch (RuntimeException e) {
      fault(Clauses.NO_METHOD_THROWS, Fault.Kind.THREW, subject(), "statistics failed with " + e);
      return null;
    }
  }

  NicFrames frames(int queue) {
    return frames.get(queue);
  }

  NicMemory buffers(int queue) {
    return buffers.get(queue);
  }

  void transmitted(int queue, int tag, int status) {
    if (counts() && exists(queue, tag)) {
      transmitPorts.get(queue).transmitted(tag, status);
    }
  }

  void received(int queue, int tag, int bytes, int flags, long offload) {
    if (counts() && exists(queue, tag)) {
      receivePorts.get(queue).received(tag, bytes, flags, offload);
    }
  }

  void returned(int queue, int tag) {
    if (!counts() || !exists(queue, tag)) {
      return;
    }
    if (state() == State.RUNNING) {
      fault(
          Clauses.RETURNED_AT_REST,
          Fault.Kind.BAD_ANSWER,
          subject(),
          "returned buffer %d of queue %d without a frame, though it serves".formatted(tag, queue));
    } else {
      receivePorts.get(queue).returned(tag);
    }
  }

  private boolean exists(int queue, int tag) {
    if (queue >= 0 && queue < receivePorts.size()) {
      return true;
    }
    fault(
        Clauses.NOTHING_ELSE_BACK,
        Fault.Kind.COMPLETED_UNKNOWN,
        subject(),
        "gave back tag %d of queue %d, which does not exist".formatted(tag, queue));
    return false;
  }

  void queueReady(int queue) {
    if (queue >= 0 && queue < receivePorts.size()) {
      transmitPorts.get(queue).driverReady();
      receivePorts.get(queue).driverReady();
    }
  }

  void linkChanged(NicLink now) {
    if (!agreement.has(NicCapabilities.LINK_STATE)) {
      fault(
          Clauses.NIC_AGREED_ONLY,
          Fault.Kind.NOT_AGREED,
          subject(),
          "reported a change of the link to " + now);
    } else if (now == null) {
      fault(Clauses.LINK_STATE_TRUE, Fault.Kind.BAD_ANSWER, subject(), "reported the link as null");
    } else {
      link = now;
      forEachListener(listener -> listener.linkChanged(now));
    }
  }
}
