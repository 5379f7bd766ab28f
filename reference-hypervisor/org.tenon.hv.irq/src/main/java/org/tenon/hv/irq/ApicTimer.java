package org.tenon.hv.irq;

import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.Ticks;

/**
 * The local APIC's timer: one-shot, periodic, or at a value of the time stamp counter (Intel SDM
 * vol. 3, 11.5.4).
 */
final class ApicTimer {
  /** The mode field, bits 18:17 of the LVT entry. */
  enum Mode {
    ONE_SHOT,
    PERIODIC,
    TSC_DEADLINE,
    RESERVED;

    private static final Mode[] ENCODING = values();

    static Mode of(int lvt) {
      return ENCODING[(lvt >>> 17) & 3];
    }
  }

  private final Clock clock;
  private final Ticks ticks;
  private final Ticks tsc;
  private final Alarm alarm;
  private final Runnable expired;

  private Mode mode = Mode.ONE_SHOT;
  private int divide;
  private int initialCount;
  private long start;
  private long tscDeadline;

  /**
   * A stopped timer.
   *
   * @param ticks the frequency before the divider
   * @param tsc the frequency of the time stamp counter
   * @param expired called on each expiry
   */
  ApicTimer(String name, Clock clock, Ticks ticks, Ticks tsc, Runnable expired) {
    this.clock = clock;
    this.ticks = ticks;
    this.tsc = tsc;
    this.expired = expired;
    alarm = clock.alarm(name, this::ring);
  }

  void reset() {
    mode = Mode.ONE_SHOT;
    divide = 0;
    stop();
    tscDeadline = 0;
  }

  private void stop() {
    initialCount = 0;
    alarm.cancel();
  }

  /** The LVT entry was written. A change to or from TSC-deadline mode disarms the timer. */
  void setMode(Mode value) {
    if (value == mode) {
      return;
    }
    if (value == Mode.TSC_DEADLINE || mode == Mode.TSC_DEADLINE) {
      stop();
      tscDeadline = 0;
    }
    mode = value;
  }

  int divide() {
    return divide;
  }

  void setDivide(int value) {
    int remaining = currentCount();
    divide = value & 0xb;
    if (alarm.deadline() != Alarm.NEVER && mode != Mode.TSC_DEADLINE) {
      long elapsed = Integer.toUnsignedLong(initialCount) - Integer.toUnsignedLong(remaining);
      start = ticks.at(clock.now()) - elapsed * divisor();
      arm();
    }
  }

  int initialCount() {
    return initialCount;
  }

  void setInitialCount(int value) {
    if (mode == Mode.TSC_DEADLINE) {
      return;
    }
    initialCount = value;
    if (value == 0) {
      alarm.cancel();
    } else {
      start = ticks.at(clock.now());
      arm();
    }
  }

  int currentCount() {
    if (initialCount == 0 || alarm.deadline() == Alarm.NEVER || mode == Mode.TSC_DEADLINE) {
      return 0;
    }
    long elapsed = (ticks.at(clock.now()) - start) / divisor();
    return (int) Math.max(0, Integer.toUnsignedLong(initialCount) - elapsed);
  }

  long tscDeadline() {
    return tscDeadline;
  }

  /**
   * IA32_TSC_DEADLINE was written.
   *
   * @param value the counter value to ring at; 0 disarms
   * @param tscNow what RDTSC returns now
   */
  void setTscDeadline(long value, long tscNow) {
    if (mode != Mode.TSC_DEADLINE) {
      return;
    }
    tscDeadline = value;
    if (value == 0) {
      alarm.cancel();
    } else {
      long distance = value - tscNow;
      boolean past = Long.compareUnsigned(value, tscNow) <= 0;
      boolean beyond = !past && (distance < 0 || distance > tsc.hertz() << 28);
      if (beyond) {
        alarm.cancel();
      } else {
        alarm.set(clock.now() + (past ? 0 : tsc.nanos(distance)));
      }
    }
  }

  private void ring() {
    switch (mode) {
      case PERIODIC -> {
        long period = Integer.toUnsignedLong(initialCount) * divisor();
        long elapsed = Math.max(period, ticks.at(clock.now()) - start);
        start += elapsed / period * period;
        arm();
      }
      case TSC_DEADLINE -> tscDeadline = 0;
      default -> {}
    }
    expired.run();
  }

  private void arm() {
    alarm.set(ticks.nanos(start + Integer.toUnsignedLong(initialCount) * divisor()));
  }

  /**
   * Bits 3, 1 and 0 of the divide configuration: 111 stands for 1, otherwise 2 to the power of it
   * plus 1.
   */
  private int divisor() {
    int code = (divide & 3) | ((divide & 8) >>> 1);
    return code == 7 ? 1 : 2 << code;
  }

  long start() {
    return start;
  }

  long deadline() {
    return alarm.deadline();
  }

  void restore(Mode newMode, int newDivide, int newInitialCount, LocalApicState state) {
    mode = newMode;
    divide = newDivide & 0xb;
    initialCount = newInitialCount;
    start = state.timerStart();
    tscDeadline = state.tscDeadline();
    if (state.timerAlarm() == Alarm.NEVER) {
      alarm.cancel();
    } else {
      alarm.set(state.timerAlarm());
    }
  }
}
