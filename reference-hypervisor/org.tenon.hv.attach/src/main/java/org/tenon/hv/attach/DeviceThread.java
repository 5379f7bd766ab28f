package org.tenon.hv.attach;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which a PCI function's driver runs. The run loop has work done here and stands
 * still meanwhile, but no longer than a limit: Java cannot end a call that does not return, so the
 * run loop must not make it itself (decision 0013). Control calls come through {@link #execute}.
 */
final class DeviceThread implements Executor, AutoCloseable {
  /** Turns of waiting before a thread is parked: an access usually takes less than a wake-up. */
  private static final int SPINS = 2_000;

  private final Thread thread;
  private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Runnable slot;
  private volatile @Nullable Thread waiter;
  private volatile boolean finished;
  private volatile boolean closed;
  private boolean started;

  DeviceThread(String device) {
    thread = Thread.ofPlatform().daemon().name("tenon-device-" + device).unstarted(this::run);
  }

  /** Whether the caller is on this thread. */
  boolean isCurrent() {
    return Thread.currentThread().threadId() == thread.threadId();
  }

  @Override
  public synchronized void execute(Runnable call) {
    if (closed) {
      throw new RejectedExecutionException("the device thread has ended");
    }
    calls.add(call);
    start();
    LockSupport.unpark(thread);
  }

  private synchronized void start() {
    if (!started) {
      started = true;
      thread.start();
    }
  }

  /**
   * Has the work done and waits for it. One caller at a time; allocates nothing.
   *
   * @param work throws nothing
   * @return false where it was not over in time: then nothing more may be asked for
   */
  boolean perform(Runnable work, long limitNanos) {
    finished = false;
    slot = work;
    LockSupport.unpark(thread);
    for (int i = 0; i < SPINS && !finished; i++) {
      Thread.onSpinWait();
    }
    return finished || await(limitNanos);
  }

  private boolean await(long limitNanos) {
    long start = System.nanoTime();
    boolean interrupted = false;
    waiter = Thread.currentThread();
    while (!finished) {
      long left = limitNanos - (System.nanoTime() - start);
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
      // A pending interrupt would make each park return at once; it is the caller's, for later.
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return finished;
  }

  private void run() {
    while (!closed || !calls.isEmpty()) {
      if (!work()) {
        for (int i = 0; i < SPINS && slot == null && calls.isEmpty(); i++) {
          Thread.onSpinWait();
        }
        if (slot == null && calls.isEmpty() && !closed) {
          LockSupport.park(this);
        }
      }
    }
  }

  private boolean work() {
    Runnable asked = slot;
    if (asked != null) {
      slot = null;
      asked.run();
      finished = true;
      LockSupport.unpark(waiter);
      return true;
    }
    Runnable call = calls.poll();
    if (call != null) {
      call.run();
      return true;
    }
    return false;
  }

  /** Ends the thread after the calls so far; one in which it hangs is interrupted and given up. */
  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
    LockSupport.unpark(thread);
  }
}
