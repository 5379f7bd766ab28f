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
  private long carry;

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

  /** Takes out the alarm of a device that is gone. */
  void remove(Alarm alarm) {
    queue.remove(alarm);
  }

  ClockMode mode() {
    return mode;
  }

  /**
   * Moves virtual time on by what a processor has executed; the real clock moves by itself.
   *
   * @param nanos what the instructions take
   * @param sharing how many processors execute side by side; what the division leaves counts next
   *     time
   */
  void advance(long nanos, int sharing) {
    if (mode.countsInstructions()) {
      long whole = nanos + carry;
      now += whole / sharing;
      carry = whole % sharing;
    }
  }

  /** Moves virtual time to an instant at which something happens: nobody executes until then. */
  void skipTo(long instant) {
    if (mode.countsInstructions()) {
      now = instant;
      carry = 0;
    }
  }

  /** What the last division has left, in nanoseconds of one processor. */
  long carry() {
    return carry;
  }

  /** Real time begins, or goes on, with the first instruction. */
  void start() {
    origin = System.nanoTime() - now;
  }

  /** Goes on where a saved machine stood. */
  void restore(long nanos, long savedCarry) {
    now = nanos;
    carry = savedCarry;
    start();
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
