package org.tenon.kit.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/**
 * Something on its way through a driver under a tag, from its first offer to its end. Safe for any
 * thread.
 *
 * @param <R> what it ends with
 */
abstract class Passage<R> {
  /** How far it is. */
  enum Stage {
    WAITING,
    OFFERED,
    ACCEPTED,
    COMPLETED,
    WITHDRAWN
  }

  private final int queue;
  private final long number;
  private final String origin;
  private final Duration patience;
  private final CompletableFuture<R> outcome = new CompletableFuture<>();

  // Guarded by the port's lock, but for reading.
  private volatile Stage stage = Stage.WAITING;
  private volatile int tag = -1;
  private HostClock.@Nullable Timer deadline;

  Passage(int queue, long number, String origin, Duration patience) {
    this.queue = queue;
    this.number = number;
    this.origin = origin;
    this.patience = patience;
  }

  /** On which queue. */
  public int queue() {
    return queue;
  }

  /** The how-manieth of the harness this is, from 0, over all queues. */
  public long number() {
    return number;
  }

  /** Under which tag; −1 before it was first offered. */
  public int tag() {
    return tag;
  }

  /** Whether the driver has accepted it, or completed it. */
  public boolean isAccepted() {
    return stage == Stage.ACCEPTED || stage == Stage.COMPLETED;
  }

  /** Whether it has a result. */
  public boolean isDone() {
    return outcome.isDone() && !outcome.isCompletedExceptionally();
  }

  /** The result, if it is there. */
  public Optional<R> result() {
    return isDone() ? Optional.of(outcome.join()) : Optional.empty();
  }

  /**
   * Waits for the result. What a reset or a close came before, so that the driver never accepted
   * it, has {@link org.tenon.api.Status#ABORTED}.
   *
   * @throws HarnessError if the driver did not complete it in time
   */
  public R await() {
    try {
      return outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new HarnessError(this + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new HarnessError(
          "%s has no result after %d s of real time; if the clock is virtual, advance it"
              .formatted(this, patience.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessError("interrupted while waiting for " + this, e);
    }
  }

  /** What it is, for messages. */
  abstract String what();

  /** Ends it as one that the driver never accepted. */
  abstract void abort();

  /** Where it was offered, for faults: queue and tag. */
  String place() {
    return "queue %d tag %d".formatted(queue, tag);
  }

  /** The line of the test that it comes from. */
  String origin() {
    return origin;
  }

  Stage stage() {
    return stage;
  }

  void offeredAs(int assigned, HostClock.@Nullable Timer timer) {
    tag = assigned;
    stage = Stage.OFFERED;
    deadline = timer;
  }

  void accepted() {
    stage = Stage.ACCEPTED;
  }

  void backToWaiting() {
    cancelDeadline();
    stage = Stage.WAITING;
  }

  void completed() {
    cancelDeadline();
    stage = Stage.COMPLETED;
  }

  void withdrawn() {
    cancelDeadline();
    stage = Stage.WITHDRAWN;
  }

  void settle(R result) {
    outcome.complete(result);
  }

  void fail(String why) {
    outcome.completeExceptionally(new HarnessError(why));
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }
}
