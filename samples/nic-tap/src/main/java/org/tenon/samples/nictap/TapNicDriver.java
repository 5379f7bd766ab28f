package org.tenon.samples.nictap;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.samples.nictap.ffi.SystemCallException;
import org.tenon.samples.nictap.ffi.TapInterface;
import org.tenon.samples.nictap.ffi.TapPort;
import org.tenon.samples.nictap.ffi.Waiter;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/**
 * The life of one open card. The control thread calls the methods of {@code Driver}; sending
 * threads write frames, one receiver for each pair of queues reads them, the first of which also
 * follows the link.
 */
final class TapNicDriver implements NicDriver {
  /** One piece for the header before a frame, two for headers copied and for what is too long. */
  private static final int MOST_SEGMENTS = 1000;

  /** The longest IP packet, in its Ethernet frame. */
  private static final int LONGEST_CUT = 65_535 + NicProperties.OVERHEAD_BYTES;

  private final NicAgreement agreement;
  private final NicHost host;
  private final TapInterface tap;
  private final NicProperties properties;
  private final Counters counters = new Counters();
  private final Arena arena = Arena.ofShared();
  private final List<Waiter> waiters = new ArrayList<>();
  private final List<TapReceiver> receivers = new ArrayList<>();
  private final List<TapQueuePair> queuePairs = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile NicLink link = NicLink.up(0);
  private volatile boolean mayBringLonger;
  private volatile boolean gone;
  private volatile boolean filterFails;
  private boolean closed;

  TapNicDriver(NicAgreement agreement, TapSettings settings, TapInterface tap, NicHost host)
      throws DriverException {
    this.agreement = agreement;
    this.host = host;
    this.tap = tap;
    try {
      int mtu = Math.clamp(tap.mtu(), 68, 65_535);
      this.properties = new NicProperties(address(settings, tap), mtu, MOST_SEGMENTS, LONGEST_CUT);
      if (agreement.has(NicCapabilities.LINK_STATE)) {
        this.link = tap.isUp() ? NicLink.up(0) : NicLink.DOWN;
      }
      for (int i = 0; i < agreement.queuePairs(); i++) {
        addQueuePair(i);
      }
    } catch (SystemCallException e) {
      closeOwn();
      throw new DriverException(
          Status.IO_ERROR,
          "cannot use TAP interface '"
              + tap.name()
              + "': "
              + e.getMessage()
              + "; is it still there?",
          e);
    }
  }

  /** The same interface gives the same address, so that the guest knows its card again. */
  private static MacAddress address(TapSettings settings, TapInterface tap) {
    String place = settings.namespace().map(Object::toString).orElse("") + ' ' + tap.name();
    UUID derived = UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8));
    long local = 0x02L << 40 | derived.getMostSignificantBits() & 0xff_ffff_ffffL;
    return settings.address().orElse(new MacAddress(local));
  }

  /** Where the interface has fewer queues than the card, pairs share one to send. */
  private void addQueuePair(int index) throws SystemCallException {
    int queue = index % tap.queues();
    TapPort incoming = tap.port(queue);
    Waiter waiter = new Waiter(index == 0 ? tap.linkEvents() : null);
    waiters.add(waiter);
    boolean hasQueue = index < tap.queues();
    TapReceiver receiver =
        new TapReceiver(index, this, agreement, incoming, hasQueue, waiter, arena, host);
    receivers.add(receiver);
    queuePairs.add(new TapQueuePair(receiver, this, agreement, tap.port(queue), arena, host));
  }

  @Override
  public void start() {
    for (TapReceiver receiver : receivers) {
      threads.add(host.newThread("receive-" + receiver.index(), receiver));
    }
    threads.forEach(Thread::start);
  }

  /** Whether frames may come that are longer than the card takes: the MTU was raised. */
  boolean mayBringLonger() {
    return mayBringLonger;
  }

  /**
   * Finds out how the interface is. Called by the first receiver, and by one that finds it gone.
   */
  synchronized void lookAtInterface() {
    NicLink now = NicLink.DOWN;
    try {
      tap.linkEvents().drain();
      now = tap.isUp() ? NicLink.up(0) : NicLink.DOWN;
      mayBringLonger = tap.mtu() > properties.maxMtu();
    } catch (SystemCallException e) {
      if (!gone) {
        gone = true;
        host.healthChanged(health());
      }
    }
    if (agreement.has(NicCapabilities.LINK_STATE) && !now.equals(link)) {
      link = now;
      host.linkChanged(now);
    }
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return returnBuffers(true);
  }

  @Override
  public void resume() {
    receivers.forEach(TapReceiver::resume);
  }

  @Override
  public CompletionStage<Void> reset() {
    return returnBuffers(false);
  }

  /**
   * Gives the buffers back, once frames to send that a call has accepted are with the kernel.
   * Between two calls no such frame is in flight.
   */
  private CompletionStage<Void> returnBuffers(boolean pause) {
    queuePairs.forEach(TapQueuePair::settle);
    return CompletableFuture.allOf(
        receivers.stream()
            .map(receiver -> receiver.returnBuffers(pause))
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    queuePairs.forEach(TapQueuePair::settle);
    receivers.forEach(TapReceiver::end);
    threads.forEach(TapNicDriver::join);
    receivers.forEach(TapReceiver::returnAll);
    closeOwn();
    tap.close();
  }

  private void closeOwn() {
    waiters.forEach(Waiter::close);
    arena.close();
  }

  /** Waits for the end of a thread, also when interrupted. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Health health() {
    if (gone) {
      return Health.down(
          "TAP interface '" + tap.name() + "' is gone: make it again and open the card anew");
    }
    return filterFails
        ? Health.degraded(
            "the kernel does not hold a filter of so many addresses, so no frame arrives: choose"
                + " fewer, or all groups")
        : Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public NicProperties properties() {
    return properties;
  }

  Counters counters() {
    return counters;
  }

  @Override
  public NicLink link() {
    return link;
  }

  @Override
  public NicQueuePair queuePair(int index) {
    return queuePairs.get(index);
  }

  @Override
  public void setFilter(NicFilter filter) {
    try {
      tap.setFilter(FilterProgram.of(filter, agreement));
      setFilterFails(false);
    } catch (SystemCallException e) {
      // What may not arrive must not, so nothing does.
      holdEverythingBack();
      setFilterFails(true);
    }
  }

  private void holdEverythingBack() {
    try {
      tap.setFilter(FilterProgram.NOTHING);
    } catch (SystemCallException e) {
      host.log().log(
          System.Logger.Level.WARNING, "the kernel takes no filter: {0}", e.getMessage());
    }
  }

  private void setFilterFails(boolean now) {
    if (now != filterFails) {
      filterFails = now;
      host.healthChanged(health());
    }
  }

  @Override
  public void setSteering(NicSteering steering) {
    throw new IllegalStateException("steering was not agreed");
  }

  @Override
  public NicStatistics statistics() {
    return counters.now();
  }
}
