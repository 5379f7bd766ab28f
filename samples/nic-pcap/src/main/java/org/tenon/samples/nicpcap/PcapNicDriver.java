package org.tenon.samples.nicpcap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.spi.Migration;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/** The life of one open card. */
final class PcapNicDriver implements NicDriver {
  private static final int MOST_SEGMENTS = 1024;
  private static final NicLink LINK = NicLink.up(0);

  private final NicHost host;
  private final NicProperties properties;
  private final Counters counters = new Counters();
  private final CaptureReader reader;
  private final @Nullable CaptureWriter writer;
  private final Recorder recorder;
  private final Replay replay;
  private final QueuePair queuePair = new QueuePair();
  private final List<Thread> threads = new ArrayList<>();
  private volatile Health health = Health.up();
  private boolean closed;

  PcapNicDriver(
      NicAgreement agreement,
      PcapSettings settings,
      CaptureReader reader,
      @Nullable CaptureWriter writer,
      NicHost host) {
    this.host = host;
    this.reader = reader;
    this.writer = writer;
    int longest = settings.mtu() + NicProperties.OVERHEAD_BYTES;
    this.properties = new NicProperties(settings.address(), settings.mtu(), MOST_SEGMENTS, longest);
    Instant now = Instant.now();
    long epoch = now.getEpochSecond() * 1_000_000_000L + now.getNano() - host.clock().nanoTime();
    this.recorder =
        new Recorder(
            agreement.queueDepth(), properties, counters, writer, epoch, this::cannotWrite, host);
    this.replay =
        new Replay(
            agreement, properties, reader, settings.asCaptured(), counters, this::degrade, host);
  }

  /** Tags go to the two threads. */
  private final class QueuePair implements NicQueuePair {
    @Override
    public int transmit(NicBatch batch) {
      return recorder.add(batch);
    }

    @Override
    public int post(NicBatch batch) {
      return replay.post(batch);
    }
  }

  @Override
  public void start() {
    threads.add(host.newThread("record", recorder));
    threads.add(host.newThread("replay", replay));
    threads.forEach(Thread::start);
  }

  private void cannotWrite() {
    degrade("the output cannot be written: frames are given up; make room on its disk");
  }

  /** Called by the two threads. */
  private void degrade(String why) {
    health = Health.degraded(why);
    host.healthChanged(health);
  }

  @Override
  public CompletionStage<Void> quiesce() {
    replay.returnBuffers(true);
    return recorder.whenIdle();
  }

  @Override
  public void resume() {
    replay.resume();
  }

  @Override
  public CompletionStage<Void> reset() {
    replay.returnBuffers(false);
    return recorder.whenIdle();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    recorder.end();
    replay.end();
    threads.forEach(PcapNicDriver::join);
    replay.returnBuffers(true);
    reader.close();
    if (writer != null) {
      writer.close();
    }
  }

  private static void join(Thread thread) {
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
    return health;
  }

  @Override
  public Migration migration() {
    return new Migration.Refused("a capture cannot be continued on another host");
  }

  @Override
  public NicProperties properties() {
    return properties;
  }

  @Override
  public NicLink link() {
    return LINK;
  }

  @Override
  public NicQueuePair queuePair(int index) {
    return queuePair;
  }

  @Override
  public void setFilter(NicFilter filter) {
    throw new IllegalStateException("no filter was agreed");
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
