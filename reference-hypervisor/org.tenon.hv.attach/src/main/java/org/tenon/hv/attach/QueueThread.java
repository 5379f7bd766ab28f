package org.tenon.hv.attach;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that serves one queue: it works while there is work and sleeps until {@link #wake}.
 * One that the driver keeps is {@linkplain #replace replaced}.
 */
public final class QueueThread implements AutoCloseable {
  private final String name;
  private final BooleanSupplier poll;
  private final BooleanSupplier arm;
  private volatile boolean pending;
  private volatile @Nullable Thread current;

  /** Which of the threads in turn may work; none when negative. */
  private volatile int turn;

  /**
   * A running thread.
   *
   * @param poll does some work; answers whether there may be more
   * @param arm asks to be woken when there is more; false where there is already
   */
  public QueueThread(String name, BooleanSupplier poll, BooleanSupplier arm) {
    this.name = name;
    this.poll = poll;
    this.arm = arm;
    replace();
  }

  private void run(int mine) {
    while (turn == mine) {
      pending = false;
      while (turn == mine && poll.getAsBoolean()) {
        Thread.onSpinWait();
      }
      if (arm.getAsBoolean() && !pending && turn == mine) {
        LockSupport.park(this);
      }
    }
  }

  /** There is something to do. Any thread; never blocks. */
  public void wake() {
    pending = true;
    LockSupport.unpark(current);
  }

  /** Goes on with a new thread; the old one ends as soon as the driver lets go of it. */
  public synchronized void replace() {
    if (turn >= 0) {
      int next = turn + 1;
      turn = next;
      Thread last = current;
      Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(next));
      current = thread;
      thread.start();
      LockSupport.unpark(last);
    }
  }

  /** Ends the thread, as soon as the driver lets go of it. */
  @Override
  public synchronized void close() {
    turn = -1;
    LockSupport.unpark(current);
  }
}
