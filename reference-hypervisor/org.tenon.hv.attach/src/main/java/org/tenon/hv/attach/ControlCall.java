package org.tenon.hv.attach;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/**
 * One call of a driver's control method, bounded by the control deadline. The result ends in one of
 * three ways: with the stage that the method returned, with whatever it threw, or with a {@link
 * TimeoutException}.
 */
final class ControlCall {
  private ControlCall() {}

  static CompletableFuture<@Nullable Void> run(
      AttachContext context, Callable<? extends @Nullable CompletionStage<Void>> method) {
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    HostClock.Timer deadline =
        context
            .clock()
            .schedule(
                context.deadlines().control(),
                () -> result.completeExceptionally(new TimeoutException("control deadline")));
    try {
      context.control().execute(() -> call(method, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
    // A copy, so that the caller sees what the method threw and not a wrapper around it.
    CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    var _ =
        result.whenComplete((nothing, failure) -> {
          deadline.cancel();
          if (failure == null) {
            ended.complete(null);
          } else {
            ended.completeExceptionally(failure);
          }
        });
    return ended;
  }

  /** A part of the way to a running driver. */
  interface Step {
    void run() throws Exception;
  }

  /**
   * Makes a step of opening a driver and waits for its end.
   *
   * @throws AttachException if it throws or hangs
   */
  static void await(AttachContext context, String step, Step body) throws AttachException {
    try {
      run(
              context,
              () -> {
                body.run();
                return CompletableFuture.completedStage(null);
              })
          .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String reason =
          cause instanceof TimeoutException
              ? "did not return within " + context.deadlines().control()
              : "failed: " + (cause.getMessage() == null ? cause : cause.getMessage());
      throw new AttachException(
          "%s: the driver's %s %s".formatted(context.device(), step, reason), cause);
    }
  }

  private static void call(
      Callable<? extends @Nullable CompletionStage<Void>> method,
      CompletableFuture<@Nullable Void> result) {
    try {
      CompletionStage<Void> stage = method.call();
      if (stage == null) {
        throw new NullPointerException("it returned null instead of a stage");
      }
      stage.whenComplete((nothing, failure) -> {
        if (failure == null) {
          result.complete(null);
        } else {
          result.completeExceptionally(failure);
        }
      });
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
  }
}
