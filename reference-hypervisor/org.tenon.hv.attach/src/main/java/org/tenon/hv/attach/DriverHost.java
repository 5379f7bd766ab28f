package org.tenon.hv.attach;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tenon.api.Health;
import org.tenon.spi.Deadlines;
import org.tenon.spi.Host;
import org.tenon.spi.HostClock;

/**
 * The host as one driver sees it. It outlives the driver: what a driver calls when its time is over
 * is recorded and does nothing else. Knows the driver's threads and timers, so that what it leaves
 * behind is seen.
 */
abstract sealed class DriverHost implements Host permits BlockDriverHost, NicDriverHost {
  private final Attachment attachment;
  private final HostClock clock;
  private final Deadlines deadlines;
  private final System.Logger log;
  private final DriverThreads threads;
  private final Set<DriverTimer> timers = ConcurrentHashMap.newKeySet();
  private final HostClock driverClock = new DriverClock();

  DriverHost(Attachment attachment, AttachContext context, String driverId) {
    this.attachment = attachment;
    clock = context.clock();
    deadlines = context.deadlines();
    threads = new DriverThreads(attachment);
    log = System.getLogger("org.tenon.driver." + driverId);
  }

  @Override
  public HostClock clock() {
    return driverClock;
  }

  @Override
  public Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public System.Logger log() {
    return log;
  }

  @Override
  public void healthChanged(Health now) {
    attachment.healthChanged(now);
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return threads.newThread(name, work);
  }

  /**
   * The driver's threads that still run and timers that still wait, in words; empty after a clean
   * close.
   */
  List<String> leftovers() {
    List<String> left = threads.alive();
    if (!timers.isEmpty()) {
      left.add(timers.size() + " timers");
    }
    return left;
  }

  /** Interrupts the driver's threads and cancels its timers; for one that does not close. */
  void abandon() {
    threads.interrupt();
    timers.forEach(DriverTimer::cancel);
  }

  /** The clock that the driver is given: its timers are counted and what they throw is caught. */
  private final class DriverClock implements HostClock {
    @Override
    public long nanoTime() {
      return clock.nanoTime();
    }

    @Override
    public Timer schedule(Duration delay, Runnable work) {
      DriverTimer timer = new DriverTimer(work);
      timers.add(timer);
      timer.arm(clock.schedule(delay, timer));
      return timer;
    }
  }

  private final class DriverTimer implements HostClock.Timer, Runnable {
    private final Runnable work;
    private HostClock.Timer scheduled = () -> {};

    DriverTimer(Runnable work) {
      this.work = work;
    }

    synchronized void arm(HostClock.Timer timer) {
      scheduled = timer;
    }

    @Override
    public void run() {
      if (timers.remove(this)) {
        threads.guarded("timer", work);
      }
    }

    @Override
    public synchronized void cancel() {
      timers.remove(this);
      scheduled.cancel();
    }
  }
}
