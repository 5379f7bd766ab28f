package org.tenon.hv.plugin;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls a bundle's code so that neither a throw of any kind nor a hang gets through. */
final class GuardedCall {
  private final ClassLoader loader;
  private final Duration deadline;

  /**
   * Calls into one bundle.
   *
   * @param loader the bundle's
   * @param deadline how long to wait
   */
  GuardedCall(ClassLoader loader, Duration deadline) {
    this.loader = loader;
    this.deadline = deadline;
  }

  /**
   * Calls on a thread of its own, which a hang leaves behind as a daemon.
   *
   * @throws BrokenException if the code throws, or does not return in time; the message says which
   */
  <T> T call(Callable<T> code) throws BrokenException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform().daemon().name("bundle-call").unstarted(() -> complete(answer, code));
    thread.setContextClassLoader(loader);
    thread.start();
    try {
      return answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable thrown = e.getCause() == null ? e : e.getCause();
      throw new BrokenException("threw " + OneLine.thrown(root(thrown)), thrown);
    } catch (TimeoutException e) {
      throw new BrokenException("did not return within " + deadline.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenException("was interrupted", e);
    }
  }

  // Throwable: an Error of the bundle's code is that code's fault, not the host's.
  private static <T> void complete(CompletableFuture<T> answer, Callable<T> code) {
    try {
      answer.complete(code.call());
    } catch (Throwable e) {
      answer.completeExceptionally(e);
    }
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    for (int depth = 0; depth < 16 && root.getCause() != null; depth++) {
      root = root.getCause();
    }
    return root;
  }

  /** The bundle's code threw or hung. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
