package org.tenon.hv.attach;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/**
 * A driver's timers in machine time. One that is set in the middle of a call counts from that
 * call's instant; any other, such as one that a thread of the driver's sets, from when the run loop
 * hears of it.
 */
final class DeviceTimers implements HostClock {
  /** No timer waits. */
  static final long NEVER = Long.MAX_VALUE;

  private final DeviceAttachment attachment;
  private final PriorityQueue<Entry> waiting =
      new PriorityQueue<>(
          Comparator.<Entry>comparingLong(entry -> entry.due)
              .thenComparingLong(entry -> entry.number));
  private final List<Entry> unplaced = new ArrayList<>();
  private long numbers;
  private volatile long time;

  DeviceTimers(DeviceAttachment attachment) {
    this.attachment = attachment;
  }

  @Override
  public long nanoTime() {
    return time;
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    Entry entry = new Entry(Math.max(0, delay.toNanos()), work);
    boolean inCall = attachment.isInCall();
    synchronized (this) {
      entry.number = numbers++;
      if (inCall) {
        place(entry);
      } else {
        unplaced.add(entry);
      }
    }
    if (!inCall) {
      attachment.news();
    }
    return entry;
  }

  private void place(Entry entry) {
    long due = time + entry.delay;
    entry.due = due < 0 ? NEVER - 1 : due;
    waiting.add(entry);
  }

  /** It is now; the run loop, before each call. */
  synchronized void setTime(long now) {
    time = now;
    unplaced.forEach(this::place);
    unplaced.clear();
  }

  /** When the first is due, or {@link #NEVER}. */
  synchronized long next() {
    Entry first = waiting.peek();
    return first == null ? NEVER : first.due;
  }

  /**
   * Runs those that are due, in order; on the device thread. Those that they set for the same
   * instant wait for the next time, so that none keeps the run loop here.
   */
  void ring() {
    long last;
    synchronized (this) {
      last = numbers;
    }
    for (Entry due = takeDue(last); due != null; due = takeDue(last)) {
      due.work.run();
    }
  }

  private synchronized @Nullable Entry takeDue(long before) {
    Entry first = waiting.peek();
    return first != null && first.due <= time && first.number < before ? waiting.poll() : null;
  }

  private synchronized void remove(Entry entry) {
    waiting.remove(entry);
    unplaced.remove(entry);
  }

  /** How many wait. */
  synchronized int count() {
    return waiting.size() + unplaced.size();
  }

  synchronized void clear() {
    waiting.clear();
    unplaced.clear();
  }

  /** Two are never equal: a class, not a record. */
  private final class Entry implements Timer {
    private final long delay;
    private final Runnable work;
    private long number;
    private long due;

    Entry(long delay, Runnable work) {
      this.delay = delay;
      this.work = work;
    }

    @Override
    public void cancel() {
      remove(this);
    }
  }
}
