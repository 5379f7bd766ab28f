package org.tenon.kit.testing;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.HostClock;

/**
 * Time that stands still until a test {@linkplain #advance advances} it. Timers run on the
 * advancing thread, in the order of their times and, at the same time, in the order in which they
 * were set; each sees {@link #nanoTime()} at its own time. Timers may be set and cancelled by any
 * thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtualClock implements HostClock {
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Alarm::time).thenComparingLong(Alarm::number));
  private long now;
  private long numbers;

  /** A clock at 0. */
  public VirtualClock() {}

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable work) {
    Alarm alarm = new Alarm(this, now + Math.max(0, delay.toNanos()), numbers++, work);
    alarms.add(alarm);
    return alarm;
  }

  /**
   * Moves time forward and runs every timer that falls due on the way, also those that such timers
   * set.
   *
   * @param by how far, from zero; zero runs what is due now
   */
  public void advance(Duration by) {
    long end = nanoTime() + by.toNanos();
    for (Alarm due = takeDue(end); due != null; due = takeDue(end)) {
      due.work.run();
    }
    synchronized (this) {
      now = Math.max(now, end);
    }
  }

  /**
   * Moves time to the next timer and runs it.
   *
   * @return false if no timer is set; time stays as it is
   */
  public boolean advanceToNext() {
    Alarm due = takeDue(Long.MAX_VALUE);
    if (due == null) {
      return false;
    }
    due.work.run();
    return true;
  }

  /** How many timers are set. */
  public synchronized int pending() {
    return alarms.size();
  }

  private synchronized @Nullable Alarm takeDue(long end) {
    Alarm first = alarms.peek();
    if (first == null || first.time > end) {
      return null;
    }
    alarms.remove();
    now = Math.max(now, first.time);
    return first;
  }

  private synchronized void remove(Alarm alarm) {
    alarms.remove(alarm);
  }

  /** A timer that is set. Two are never equal: a class, not a record. */
  private static final class Alarm implements Timer {
    private final VirtualClock clock;
    private final long time;
    private final long number;
    private final Runnable work;

    Alarm(VirtualClock clock, long time, long number, Runnable work) {
      this.clock = clock;
      this.time = time;
      this.number = number;
      this.work = work;
    }

    long time() {
      return time;
    }

    long number() {
      return number;
    }

    @Override
    public void cancel() {
      clock.remove(this);
    }
  }
}
