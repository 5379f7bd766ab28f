package org.tenon.hv.machine;

import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.EventQueue;

/** Machine time: moved by the run loop as instructions retire, or by the host's clock. */
final class MachineClock implements Clock {
  private final ClockMode mode;
  private final EventQueue queue = new EventQueue(this::now);
  private long origin;
  private long now;

  MachineClock(ClockMode mode) {
    this.mode = mode;
    origin = System.nanoTime();
  }

  @Override
  public long now() {
    if (mode == ClockMode.REAL) {
      now = Math.max(now, System.nanoTime() - origin);
    }
    return now;
  }

  @Override
  public Alarm alarm(String name, Runnable action) {
    return queue.alarm(name, action);
  }

  ClockMode mode() {
    return mode;
  }

  /** Moves virtual time on; the real clock moves by itself. */
  void advance(long nanos) {
    if (mode == ClockMode.VIRTUAL) {
      now += nanos;
    }
  }

  /**
   * Sets time: at the start (real time begins with the first instruction) and when a saved machine
   * goes on.
   */
  void start(long at) {
    now = at;
    origin = System.nanoTime() - at;
  }

  /** When the next alarm rings, or {@link Alarm#NEVER}. */
  long next() {
    return queue.next();
  }

  /** Rings every alarm that is due. */
  void ring() {
    queue.ring();
  }
}
