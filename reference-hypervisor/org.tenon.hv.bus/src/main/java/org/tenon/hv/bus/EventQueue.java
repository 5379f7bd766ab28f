package org.tenon.hv.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A clock's alarms. They are few (a handful of devices and one for each processor), so the queue is
 * a list in order of creation, which also settles which of two alarms due at the same instant rings
 * first. Whoever moves time calls {@link #ring()} afterwards.
 */
public final class EventQueue implements Clock {
  private final List<Entry> alarms = new ArrayList<>();
  private final LongSupplier time;
  private long next = Alarm.NEVER;

  /**
   * An empty queue.
   *
   * @param time nanoseconds since power-on; never goes back
   */
  public EventQueue(LongSupplier time) {
    this.time = time;
  }

  @Override
  public long now() {
    return time.getAsLong();
  }

  /** When the next alarm rings, or {@link Alarm#NEVER}. */
  public long next() {
    return next;
  }

  /**
   * Rings every alarm that is due; each at most once, so that a guest cannot keep the host here.
   */
  public void ring() {
    long limit = now();
    if (next > limit) {
      return;
    }
    List<Entry> due = new ArrayList<>();
    for (Entry alarm : alarms) {
      if (alarm.deadline <= limit) {
        due.add(alarm);
      }
    }
    due.sort((a, b) -> Long.compare(a.deadline, b.deadline));
    for (Entry alarm : due) {
      // An earlier alarm's action may have cancelled or moved this one.
      if (alarm.deadline <= limit) {
        alarm.cancel();
        alarm.action.run();
      }
    }
  }

  @Override
  public Alarm alarm(String name, Runnable action) {
    Entry alarm = new Entry(name, action);
    alarms.add(alarm);
    return alarm;
  }

  /** Takes out an alarm whose device is gone; it never rings again, also if it is set. */
  public void remove(Alarm alarm) {
    alarm.cancel();
    for (Entry entry : alarms) {
      entry.removed |= entry == alarm;
    }
    alarms.removeIf(entry -> entry.removed);
  }

  private void findNext() {
    next = Alarm.NEVER;
    for (Entry alarm : alarms) {
      next = Math.min(next, alarm.deadline);
    }
  }

  private final class Entry implements Alarm {
    private final String name;
    private final Runnable action;
    private long deadline = NEVER;
    private boolean removed;

    Entry(String name, Runnable action) {
      this.name = name;
      this.action = action;
    }

    @Override
    public void set(long value) {
      if (removed) {
        return;
      }
      long before = deadline;
      deadline = value;
      if (value <= next) {
        next = value;
      } else if (before == next) {
        findNext();
      }
    }

    @Override
    public void cancel() {
      set(NEVER);
    }

    @Override
    public long deadline() {
      return deadline;
    }

    @Override
    public String toString() {
      return name + " at " + deadline;
    }
  }
}
