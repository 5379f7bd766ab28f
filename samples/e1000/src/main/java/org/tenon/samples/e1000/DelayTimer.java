package org.tenon.samples.e1000;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/**
 * Gathers events into one: it expires when none came for a while, or the first is too long ago
 * (13.4.30, RDTR and RADV; 13.4.44, TIDV and TADV). For the device thread.
 */
final class DelayTimer {
  private static final int UNIT_NANOS = 1024;

  private final HostClock clock;
  private final Runnable expired;
  private HostClock.@Nullable Timer timer;

  /** When {@link #timer} rings, and when it should have: it is moved as rarely as that allows. */
  private long rings;

  private long due;

  /** When the first event came that has not been told of. */
  private long first;

  private boolean waiting;

  DelayTimer(HostClock clock, Runnable expired) {
    this.clock = clock;
    this.expired = expired;
  }

  /**
   * An event.
   *
   * @param delay after the last one, in units of 1.024 µs; 0 for no delay
   * @param most after the first one, likewise; 0 for no limit
   */
  void event(int delay, int most) {
    if (delay == 0) {
      flush();
      return;
    }
    long now = clock.nanoTime();
    if (!waiting) {
      waiting = true;
      first = now;
    }
    due = now + (long) delay * UNIT_NANOS;
    if (most != 0) {
      due = Math.min(due, first + (long) most * UNIT_NANOS);
    }
    if (timer != null && rings > due) {
      timer.cancel();
      timer = null;
    }
    if (timer == null) {
      set(now);
    }
  }

  private void set(long now) {
    rings = due;
    timer = clock.schedule(Duration.ofNanos(Math.max(0, due - now)), this::ring);
  }

  private void ring() {
    timer = null;
    long now = clock.nanoTime();
    if (!waiting) {
      return;
    }
    if (now < due) {
      set(now);
    } else {
      flush();
    }
  }

  /** Tells of what has gathered, and of the event that leads here. */
  void flush() {
    waiting = false;
    expired.run();
  }

  /** Whether something has gathered. */
  boolean isWaiting() {
    return waiting;
  }

  /** Forgets. */
  void stop() {
    waiting = false;
    HostClock.Timer set = timer;
    if (set != null) {
      set.cancel();
      timer = null;
    }
  }
}
