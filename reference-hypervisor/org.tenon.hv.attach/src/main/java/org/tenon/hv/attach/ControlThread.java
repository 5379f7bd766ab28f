package org.tenon.hv.attach;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;

/**
 * The one thread from which a driver's control methods are called. It begins with the first call
 * and ends with {@link #close}; a call in which the driver hangs keeps it, and then it is
 * {@linkplain #close abandoned}.
 */
public final class ControlThread implements Executor, AutoCloseable {
  private final LinkedBlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /** A thread for the driver of {@code device}. */
  public ControlThread(String device) {
    thread = Thread.ofPlatform().daemon().name("tenon-control-" + device).unstarted(this::run);
  }

  @Override
  public synchronized void execute(Runnable call) {
    if (closed) {
      throw new RejectedExecutionException("the control thread has ended");
    }
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
    calls.add(call);
  }

  /** Ends the thread after the calls so far; one in which it hangs is interrupted and given up. */
  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    while (!closed || !calls.isEmpty()) {
      try {
        calls.take().run();
      } catch (InterruptedException e) {
        // close has interrupted the wait, or a call: what is left is run and then the loop ends.
      }
    }
  }
}
