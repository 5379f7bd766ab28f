package org.tenon.samples.nicloopback;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.spi.HostClock;
import org.tenon.spi.Migration;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/** The life of one open card. */
final class LoopbackNicDriver implements NicDriver {
  private static final int MOST_SEGMENTS = 1024;

  /** The longest IP packet, in its Ethernet frame. */
  private static final int LONGEST_CUT = 65_535 + NicProperties.OVERHEAD_BYTES;

  private final LoopbackSettings settings;
  private final NicHost host;
  private final NicProperties properties;
  private final Counters counters = new Counters();
  private final Reception reception;
  private final List<LoopbackQueuePair> queuePairs = new ArrayList<>();
  private volatile NicLink link;
  private HostClock.@Nullable Timer flapTimer;
  private boolean closed;

  LoopbackNicDriver(NicAgreement agreement, LoopbackSettings settings, NicHost host) {
    this.settings = settings;
    this.host = host;
    this.properties =
        new NicProperties(settings.address(), settings.mtu(), MOST_SEGMENTS, LONGEST_CUT);
    this.link = settings.link();
    this.reception = new Reception(agreement, counters, host);
    for (int i = 0; i < agreement.queuePairs(); i++) {
      queuePairs.add(new LoopbackQueuePair(i, this, agreement, reception, counters, host));
    }
  }

  @Override
  public void start() {
    if (!settings.flap().isZero()) {
      armFlap();
    }
  }

  private synchronized void armFlap() {
    if (!closed) {
      flapTimer = host.clock().schedule(settings.flap(), this::flap);
    }
  }

  /** Called by the host's timer. */
  private void flap() {
    synchronized (this) {
      if (closed) {
        return;
      }
      NicLink now = link.up() ? NicLink.DOWN : settings.plugged();
      link = now;
      host.linkChanged(now);
    }
    armFlap();
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return returnBuffers();
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    return returnBuffers();
  }

  /**
   * Gives the buffers back, once frames that a call has accepted have arrived in them. Between two
   * calls no frame is in flight.
   */
  private CompletionStage<Void> returnBuffers() {
    queuePairs.forEach(LoopbackQueuePair::settle);
    for (int i = 0; i < queuePairs.size(); i++) {
      reception.ring(i).returnAll();
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (flapTimer != null) {
        flapTimer.cancel();
      }
    }
    returnBuffers();
  }

  @Override
  public Health health() {
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public NicProperties properties() {
    return properties;
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
    reception.setFilter(filter);
  }

  @Override
  public void setSteering(NicSteering steering) {
    reception.setSteering(steering);
  }

  @Override
  public NicStatistics statistics() {
    return counters.now();
  }
}
