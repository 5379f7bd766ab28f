package org.tenon.hv.attach;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/** Time that moves only when the test says so; timers run on the test's thread. */
final class ManualClock implements HostClock {
  private record Due(long at, long order, Runnable work) {}

  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private long now;
  private long order;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Timer schedule(Duration delay, Runnable work) {
    Due due = new Due(now + delay.toNanos(), order++, work);
    timers.add(due);
    return () -> {
      synchronized (this) {
        timers.remove(due);
      }
    };
  }

  void advance(Duration by) {
    long until = now + by.toNanos();
    for (Due due = next(until); due != null; due = next(until)) {
      due.work().run();
    }
    synchronized (this) {
      now = until;
    }
  }

  private synchronized @Nullable Due next(long until) {
    Due first = timers.peek();
    if (first == null || first.at() > until) {
      return null;
    }
    timers.remove();
    now = Math.max(now, first.at());
    return first;
  }
}
