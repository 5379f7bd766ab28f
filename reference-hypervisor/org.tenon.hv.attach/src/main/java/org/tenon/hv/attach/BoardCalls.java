package org.tenon.hv.attach;

import java.util.Arrays;
import org.tenon.spi.device.BoardCall;

/** What a device driver wants done on the device thread, raised from threads of its own. */
final class BoardCalls {
  private final Runnable news;

  /** Replaced as a whole, so that the run loop walks it without an iterator. */
  private volatile Call[] calls = {};

  /**
   * No calls yet.
   *
   * @param news run by whoever raises one, on any thread
   */
  BoardCalls(Runnable news) {
    this.news = news;
  }

  /** Another one; any thread. */
  synchronized BoardCall add(Runnable work) {
    Call call = new Call(work);
    Call[] more = Arrays.copyOf(calls, calls.length + 1);
    more[calls.length] = call;
    calls = more;
    return call;
  }

  /** Whether there is something to run; run-loop thread. */
  boolean anyRaised() {
    for (Call call : calls) {
      if (call.raised) {
        return true;
      }
    }
    return false;
  }

  /** Runs what is raised; device thread. */
  void run() {
    for (Call call : calls) {
      call.take();
    }
  }

  private final class Call implements BoardCall {
    private final Runnable work;
    private volatile boolean raised;

    Call(Runnable work) {
      this.work = work;
    }

    @Override
    public void raise() {
      raised = true;
      news.run();
    }

    void take() {
      if (raised) {
        raised = false;
        work.run();
      }
    }
  }
}
