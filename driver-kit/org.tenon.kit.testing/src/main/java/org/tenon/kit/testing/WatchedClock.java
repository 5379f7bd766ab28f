package org.tenon.kit.testing;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tenon.spi.HostClock;

/** The clock as one driver sees it; knows which of its timers are set. */
final class WatchedClock implements HostClock {
  private final HostClock clock;
  private final FaultLog faults;
  private final Set<Object> set = ConcurrentHashMap.newKeySet();

  WatchedClock(HostClock clock, FaultLog faults) {
    this.clock = clock;
    this.faults = faults;
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    Object key = new Object();
    set.add(key);
    Timer timer =
        clock.schedule(
            delay,
            () -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) {
                faults.reportThrown(DriverClauses.THREADS_CATCH, "a timer's work threw", e);
              } finally {
                set.remove(key);
              }
            });
    return () -> {
      timer.cancel();
      set.remove(key);
    };
  }

  /** How many timers the driver has set that are neither over nor cancelled. */
  int pending() {
    return set.size();
  }
}
