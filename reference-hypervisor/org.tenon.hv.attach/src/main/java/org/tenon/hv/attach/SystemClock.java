package org.tenon.hv.attach;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tenon.spi.HostClock;

/** The time of the machine that the hypervisor runs on. Timers run on one daemon thread. */
public final class SystemClock implements HostClock {
  private static final SystemClock INSTANCE = new SystemClock();

  private final ScheduledThreadPoolExecutor timers =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("tenon-timers").factory());

  private SystemClock() {
    timers.setRemoveOnCancelPolicy(true);
  }

  /** The one of this process. */
  public static SystemClock instance() {
    return INSTANCE;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    ScheduledFuture<?> future = timers.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }
}
