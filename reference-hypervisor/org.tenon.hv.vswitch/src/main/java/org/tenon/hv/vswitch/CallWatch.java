package org.tenon.hv.vswitch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/**
 * Looks now and then whether calls that ports' threads make come back. A call costs two stores and
 * reads no clock: one that is seen at two looks, a limit apart, is overdue. Its thread is
 * interrupted, which frees one that waits for something.
 */
final class CallWatch implements AutoCloseable {
  private final HostClock clock;
  private final Duration limit;
  private final IntConsumer overdue;

  /** By port: the thread that is inside a call. */
  private final AtomicReferenceArray<@Nullable Thread> inside =
      new AtomicReferenceArray<>(VirtualSwitch.MAX_PORTS);

  /** By port: how many calls have begun. */
  private final long[] begun = new long[VirtualSwitch.MAX_PORTS];

  /** The same as it was at the last look; 0 where no call was under way. */
  private final long[] seen = new long[VirtualSwitch.MAX_PORTS];

  private HostClock.Timer next;
  private volatile boolean closed;

  /**
   * Begins to look.
   *
   * @param limit after which a call is overdue, at the latest after twice as long
   * @param overdue told the port, once for each call, on a thread of the clock's
   */
  CallWatch(HostClock clock, Duration limit, IntConsumer overdue) {
    this.clock = clock;
    this.limit = limit;
    this.overdue = overdue;
    next = clock.schedule(limit, this::look);
  }

  /** A port's thread goes into a call. */
  void begin(int port) {
    begun[port]++;
    inside.setRelease(port, Thread.currentThread());
  }

  /** It has come back. */
  void end(int port) {
    inside.setRelease(port, null);
  }

  private void look() {
    for (int port = 0; port < begun.length; port++) {
      Thread thread = inside.getAcquire(port);
      long call = thread == null ? 0 : begun[port];
      if (call != 0 && call == seen[port]) {
        overdue.accept(port);
        free(port, thread, call);
      }
      seen[port] = call;
    }
    synchronized (this) {
      if (!closed) {
        next = clock.schedule(limit, this::look);
      }
    }
  }

  private synchronized void free(int port, Thread thread, long call) {
    if (thread.equals(inside.get(port)) && begun[port] == call) {
      thread.interrupt();
    }
  }

  /** Takes an interrupt back from the calling thread, whose call was overdue and is over. */
  synchronized void forgetInterrupt() {
    var _ = Thread.interrupted();
  }

  @Override
  public synchronized void close() {
    closed = true;
    next.cancel();
  }
}
