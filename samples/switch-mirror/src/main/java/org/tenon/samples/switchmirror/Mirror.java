package org.tenon.samples.switchmirror;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.tenon.api.Health;
import org.tenon.spi.Migration;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchHost;
import org.tenon.spi.net.vswitch.SwitchPort;

/**
 * The extension of one switch. The control thread calls the methods of {@code Driver} and tells of
 * ports; the switch's threads call {@link #forward}. What it has counted stands in its log when it
 * ends.
 */
final class Mirror implements SwitchExtension {
  private final MirrorSettings settings;
  private final SwitchHost host;
  private final SortedMap<Integer, SwitchPort> ports = new TreeMap<>();
  private final LongAdder mirrored = new LongAdder();
  private final LongAdder mirroredBytes = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private volatile Watch watch;
  private boolean closed;

  Mirror(MirrorSettings settings, SwitchHost host) {
    this.settings = settings;
    this.host = host;
    this.watch = new Watch(settings, ports.values());
  }

  /**
   * What has been done.
   *
   * @param frames that were mirrored
   * @param bytes of them
   * @param missed frames that were to be mirrored while the watching port was not there
   */
  record Counts(long frames, long bytes, long missed) {}

  /** What has been done so far. For any thread. */
  Counts counts() {
    return new Counts(mirrored.sum(), mirroredBytes.sum(), missed.sum());
  }

  @Override
  public void portAdded(SwitchPort port) {
    ports.put(port.number(), port);
    look();
  }

  @Override
  public void portRemoved(int port) {
    ports.remove(port);
    look();
  }

  private void look() {
    Health before = health();
    watch = new Watch(settings, ports.values());
    if (!health().equals(before)) {
      host.healthChanged(health());
    }
  }

  @Override
  public void forward(SwitchFrame frame, SwitchDecision decision) {
    Watch now = watch;
    int watcher = now.watcher();
    boolean chosen = now.chooses(frame, decision);
    if (settings.isolated() && watcher != Watch.NOBODY) {
      if (frame.port() == watcher) {
        decision.drop();
      } else {
        decision.remove(watcher);
      }
    }
    if (!chosen) {
      return;
    }
    if (watcher == Watch.NOBODY) {
      missed.increment();
    } else {
      decision.mirror(watcher);
      mirrored.increment();
      mirroredBytes.add(frame.length());
    }
  }

  @Override
  public void start() {}

  /** No frame is with the extension between two calls. */
  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Health health() {
    return watch.watcher() == Watch.NOBODY
        ? Health.degraded(
            "the switch has no port '" + settings.to() + "' that could watch: nothing is mirrored")
        : Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      host.log().log(
          System.Logger.Level.INFO,
          "mirrored {0} frames, {1} bytes, from {2} to {3}; missed {4}",
          mirrored.sum(),
          mirroredBytes.sum(),
          host.switchName(),
          settings.to(),
          missed.sum());
    }
  }
}
