package org.tenon.kit.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tenon.api.Fault;
import org.tenon.spi.HostClock;

/**
 * Makes the control calls, one at a time, each no longer than the deadline. A thread that hangs in
 * a call is replaced.
 */
final class ControlThread {
  private final ThreadFactory threads;
  private final HostClock clock;
  private final FaultLog faults;
  private final Duration deadline;
  private final Duration patience;
  private LinkedBlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
  private Thread thread;

  ControlThread(
      ThreadFactory threads,
      HostClock clock,
      FaultLog faults,
      Duration deadline,
      Duration patience) {
    this.threads = threads;
    this.clock = clock;
    this.faults = faults;
    this.deadline = deadline;
    this.patience = patience;
    this.thread = begin(calls);
  }

  /** Makes the call and hands on what it returns or throws. */
  <T> T call(String name, Callable<T> work) throws CallFailed {
    CompletableFuture<T> done = new CompletableFuture<>();
    calls.add(() -> {
      try {
        done.complete(work.call());
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    });
    return join(name, done, true);
  }

  /** Waits for the stage that a control call returned. */
  void await(String name, CompletionStage<?> stage) throws CallFailed {
    CompletableFuture<Object> done = new CompletableFuture<>();
    stage.whenComplete((value, failure) -> {
      if (failure == null) {
        done.complete(name);
      } else {
        done.completeExceptionally(failure);
      }
    });
    join("the stage of " + name, done, false);
  }

  /** Ends the thread. */
  void stop() {
    thread.interrupt();
  }

  private <T> T join(String name, CompletableFuture<T> done, boolean onThread) throws CallFailed {
    String late = name + " has not ended within " + deadline.toMillis() + " ms";
    HungException hung = new HungException(late);
    HostClock.Timer limit = clock.schedule(deadline, () -> done.completeExceptionally(hung));
    try {
      return done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() == hung) {
        throw hang(late, onThread);
      }
      throw new CallFailed(e);
    } catch (TimeoutException e) {
      throw hang(
          "%s has not ended after %d s of real time".formatted(name, patience.toSeconds()),
          onThread);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessError("interrupted during " + name, e);
    } finally {
      limit.cancel();
    }
  }

  private HarnessError hang(String late, boolean onThread) {
    faults.report(DriverClauses.CONTROL_DEADLINE, Fault.Kind.HUNG, late);
    if (onThread) {
      thread.interrupt();
      calls = new LinkedBlockingQueue<>();
      thread = begin(calls);
    }
    return new HarnessError(late);
  }

  private Thread begin(LinkedBlockingQueue<Runnable> work) {
    Thread started =
        threads.newThread(() -> {
          try {
            while (true) {
              work.take().run();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    started.start();
    return started;
  }

  /** A call or a stage that did not end. */
  private static final class HungException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HungException(String message) {
      super(message, null, false, false);
    }
  }
}
