package org.tenon.kit.testing;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tenon.api.Stability;
import org.tenon.spi.HostClock;

/**
 * The time of this machine. Timers run one after another on one thread of the clock's, which {@link
 * #close()} ends.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class SystemClock implements HostClock, AutoCloseable {
  private final ScheduledThreadPoolExecutor timers;

  /** A clock with its own thread, which starts with the first timer. */
  public SystemClock() {
    timers =
        new ScheduledThreadPoolExecutor(
            1, work -> Thread.ofPlatform().daemon().name("kit-clock").unstarted(work));
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    ScheduledFuture<?> waiting = timers.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> waiting.cancel(false);
  }

  /** Drops the timers that wait and ends the thread. */
  @Override
  public void close() {
    timers.shutdownNow();
  }
}
