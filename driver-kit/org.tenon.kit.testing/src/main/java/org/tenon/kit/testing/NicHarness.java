package org.tenon.kit.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/**
 * A NIC driver on a host that checks all it does. For one test thread, except where a method says
 * otherwise; the host's own calls come from threads like those of a real host: one for control, two
 * for each pair of queues. The host keeps buffers posted, as a guest does.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicHarness implements AutoCloseable {
  private final HarnessOptions options;
  private final NicRig rig;
  private final NicControl control;
  private final AtomicLong numbers = new AtomicLong();

  private NicHarness(HarnessOptions options, NicRig rig, NicControl control) {
    this.options = options;
    this.rig = rig;
    this.control = control;
  }

  /**
   * Negotiates with the driver, opens it and starts it, with everything offered, in real time.
   *
   * @param settings what a user would set
   * @throws DriverException if the driver refuses
   */
  public static NicHarness open(NicDriverFactory factory, Map<String, String> settings)
      throws DriverException {
    return of(factory).settings(settings).open();
  }

  /** Begins a harness with other circumstances. */
  public static Builder of(NicDriverFactory factory) {
    return new Builder(factory);
  }

  /** The driver itself, for calls that the harness does not make; they are not checked. */
  public NicDriver driver() {
    return control.driver();
  }

  /** What driver and host agreed on. */
  public NicAgreement agreement() {
    return rig.agreement();
  }

  /** What the card is. */
  public NicProperties properties() {
    return control.driver().properties();
  }

  /** How the link is, as the driver says now. */
  public NicLink link() {
    return control.driver().link();
  }

  /** The state of the driver's life. */
  public LifeCycle.State state() {
    return control.state();
  }

  /** Time as the driver has it. */
  public HostClock clock() {
    return rig.services().driverClock();
  }

  /** Starts a driver that was {@linkplain Builder#openOnly() only opened}. */
  public void start() throws DriverException {
    control.start();
    awaitBuffers();
  }

  /**
   * Sends a complete frame on pair 0 and waits until it is on its way.
   *
   * @throws HarnessError if the driver does not answer {@link Status#OK}
   */
  public void send(byte[] frame) {
    awaitBuffers();
    Sending sending = transmit(0, NicFrame.of(frame));
    int status = sending.await();
    if (status != Status.OK) {
      throw new HarnessError(
          "%s: expected OK, but the driver answered %s"
              .formatted(sending.frame(), Status.name(status)));
    }
  }

  /** Sends a frame on a pair and does not wait. */
  public Sending transmit(int pair, NicFrame frame) {
    return transmit(pair, List.of(frame)).getFirst();
  }

  /**
   * Sends frames on a pair, in batches as large as its depth allows, and does not wait. What the
   * driver does not accept is offered to it again, as the SPI says. Callable by any thread.
   */
  public List<Sending> transmit(int pair, List<NicFrame> frames) {
    List<Sending> sendings = number(pair, frames);
    rig.transmitPort(pair).submit(sendings);
    return sendings;
  }

  /**
   * Offers frames to a pair in exactly one call of {@code transmit}, and waits until it has
   * returned. What the driver did not accept is not offered again.
   *
   * @return as many as were offered; {@link Sending#isAccepted()} says which were accepted
   */
  public List<Sending> offer(int pair, List<NicFrame> frames) {
    List<Sending> sendings = number(pair, frames);
    rig.transmitPort(pair).offerOnce(sendings, options.patience());
    return sendings;
  }

  /**
   * Posts buffers on a pair, beside those that the harness keeps posted, and does not wait. They
   * are not replaced when they come back. Callable by any thread.
   */
  public List<Posting> post(int pair, List<NicBuffer> buffers) {
    return rig.post(pair, buffers, false, Origin.ofCaller());
  }

  /**
   * Waits until the driver has every buffer that it takes of those posted so far, so that frames
   * that come now find them.
   */
  public void awaitBuffers() {
    rig.postPorts().forEach(port -> port.awaitOffered(options.patience()));
  }

  /**
   * Waits for the next frame that arrives, on whichever pair.
   *
   * @throws HarnessError if none arrives in time
   */
  public ReceivedFrame receive() {
    return receive(options.patience())
        .orElseThrow(() ->
            new HarnessError(
                "no frame has arrived within %d s".formatted(options.patience().toSeconds())));
  }

  /** Waits so long for the next frame that arrives, in real time. */
  public Optional<ReceivedFrame> receive(Duration limit) {
    return next(rig.received(), limit);
  }

  /** Waits so long for the next change of the link to be told, in real time. */
  public Optional<NicLink> linkChange(Duration limit) {
    return next(rig.links(), limit);
  }

  /** The frames that the driver has and has not given back. */
  public List<Sending> sending() {
    return rig.sending();
  }

  /** The buffers that the driver has. */
  public List<Posting> posted() {
    return rig.posted();
  }

  /** Chooses which frames arrive. */
  public void setFilter(NicFilter filter) {
    control.setFilter(filter);
  }

  /** Chooses where frames arrive. */
  public void setSteering(NicSteering steering) {
    control.setSteering(steering);
  }

  /** What the driver says that it has done. */
  public NicStatistics statistics() {
    return control.statistics();
  }

  /** Pauses the driver and waits until it is paused, and has given back every buffer. */
  public void quiesce() {
    control.quiesce();
  }

  /** Lets a paused driver go on, with new buffers. */
  public void resume() {
    control.resume();
    awaitBuffers();
  }

  /**
   * Resets the driver and waits until it serves again, with new buffers. Frames that it had not
   * accepted end as {@link Status#ABORTED}.
   */
  public void reset() {
    control.reset();
    awaitBuffers();
  }

  /** How the driver says it is. */
  public Health health() {
    return control.health();
  }

  /** What was found so far, in order. */
  public List<Fault> faults() {
    return rig.services().faults().faults();
  }

  /** What the driver logged, a line each, with the level in front. */
  public List<String> log() {
    return rig.services().log().lines();
  }

  /** Fails the test if a fault was found so far. */
  public void check() {
    List<Fault> found = faults();
    if (!found.isEmpty()) {
      throw new HarnessError(
          found.stream()
              .map(Fault::toString)
              .collect(Collectors.joining("\n  ", "the driver broke its contract:\n  ", "")));
    }
  }

  /**
   * Closes the driver, looks for what it left behind, and frees everything. A second call does
   * nothing.
   *
   * @throws HarnessError if a fault was found, now or before, unless the harness was built {@link
   *     HarnessBuilder#lenient()}
   */
  @Override
  public void close() {
    if (control.close() && options.strict()) {
      check();
    }
  }

  private List<Sending> number(int pair, List<NicFrame> frames) {
    String origin = Origin.ofCaller();
    List<Sending> numbered = new ArrayList<>(frames.size());
    for (NicFrame frame : frames) {
      numbered.add(new Sending(pair, numbers.getAndIncrement(), frame, origin, options.patience()));
    }
    return numbered;
  }

  private static <T> Optional<T> next(LinkedBlockingQueue<T> from, Duration limit) {
    try {
      return Optional.ofNullable(from.poll(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessError("interrupted while waiting for the driver", e);
    }
  }

  /** Collects the circumstances of a harness. For one thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Builder extends HarnessBuilder<Builder> {
    private final NicDriverFactory factory;
    private NicOffer offer = NicOffer.of(NicCapabilities.ALL, 4, 256);
    private NicBuffers buffers = NicBuffers.USUAL;

    private Builder(NicDriverFactory factory) {
      this.factory = factory;
    }

    @Override
    Builder self() {
      return this;
    }

    /** What the host offers; all capabilities, 4 pairs of 256 unless given. */
    public Builder offer(NicOffer offered) {
      offer = offered;
      return this;
    }

    /**
     * Which buffers the host keeps posted on each pair; 64, each as long as the longest frame,
     * unless given.
     *
     * @param count how many, as far as the depth goes; 0 for none
     * @param bytes how long each is
     */
    public Builder buffers(int count, int bytes) {
      buffers = new NicBuffers(count, bytes);
      return this;
    }

    /**
     * Negotiates with the driver, opens it and starts it.
     *
     * @throws DriverException if the driver refuses
     * @throws HarnessError if it does something worse
     */
    public NicHarness open() throws DriverException {
      NicHarness harness = openOnly();
      try {
        harness.start();
      } catch (DriverException | RuntimeException | Error e) {
        try {
          harness.close();
        } catch (HarnessError worse) {
          e.addSuppressed(worse);
        }
        throw e;
      }
      return harness;
    }

    /**
     * Negotiates with the driver and opens it, and does not start it.
     *
     * @throws DriverException if the driver refuses
     * @throws HarnessError if it does something worse
     */
    public NicHarness openOnly() throws DriverException {
      HarnessOptions options = options();
      NicRig rig = NicRig.negotiate(factory, options, offer, buffers);
      return new NicHarness(options, rig, NicControl.open(factory, options, rig));
    }
  }
}
