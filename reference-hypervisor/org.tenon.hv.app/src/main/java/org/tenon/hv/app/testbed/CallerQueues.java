package org.tenon.hv.app.testbed;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.attach.QueueWork;

/**
 * Serves a device's queues on the thread of the guest that uses them, as a run loop does between
 * two instructions: when the guest notifies, and while it waits. Each queue is one guest thread's.
 */
final class CallerQueues implements QueueSchedule {
  private final AtomicIntegerArray due;
  private final AtomicReferenceArray<@Nullable Thread> waiting;
  private volatile @Nullable QueueWork work;

  /** For a device that is made with this schedule and {@linkplain #connect told} then. */
  CallerQueues(int count) {
    due = new AtomicIntegerArray(count);
    waiting = new AtomicReferenceArray<>(count);
  }

  /** Says whose queues they are, before a guest uses them. */
  void connect(QueueWork served) {
    work = served;
  }

  @Override
  public void offered(int queue) {
    due.set(queue, 1);
  }

  @Override
  public void answered(int queue) {
    due.set(queue, 1);
    Thread guest = waiting.get(queue);
    if (guest != null) {
      LockSupport.unpark(guest);
    }
  }

  /** Works on a queue while there is something to do. */
  void serve(int queue) {
    QueueWork served = Objects.requireNonNull(work);
    while (due.get(queue) != 0) {
      due.set(queue, 0);
      while (served.poll(queue)) {
        Thread.onSpinWait();
      }
      if (!served.arm(queue)) {
        due.set(queue, 1);
      }
    }
  }

  /** Works on a queue, or waits until there is something to do, or some time has passed. */
  void serveOrWait(int queue, long nanos) {
    await(queue, nanos);
    serve(queue);
  }

  /** Waits until there is something to do for a queue, or some time has passed. */
  void await(int queue, long nanos) {
    if (due.get(queue) == 0 && nanos > 0) {
      waiting.set(queue, Thread.currentThread());
      if (due.get(queue) == 0) {
        LockSupport.parkNanos(this, nanos);
      }
      waiting.set(queue, null);
    }
  }
}
