package org.tenon.kit.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.HostClock;

/** A request on its way through a driver. Safe for any thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Submission {
  /** Where a request is. */
  enum Stage {
    WAITING,
    OFFERED,
    ACCEPTED,
    COMPLETED,
    WITHDRAWN
  }

  private final int queue;
  private final long number;
  private final BlockRequest request;
  private final String origin;
  private final Duration patience;
  private final CompletableFuture<BlockResult> outcome = new CompletableFuture<>();

  // Guarded by the queue's lock, but for reading.
  private volatile Stage stage = Stage.WAITING;
  private volatile int tag = -1;
  private HostClock.@Nullable Timer deadline;

  Submission(int queue, long number, BlockRequest request, String origin, Duration patience) {
    this.queue = queue;
    this.number = number;
    this.request = request;
    this.origin = origin;
    this.patience = patience;
  }

  /** What was asked. */
  public BlockRequest request() {
    return request;
  }

  /** On which queue. */
  public int queue() {
    return queue;
  }

  /** The how-manieth request of the harness this is, from 0, over all queues. */
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
  public Optional<BlockResult> result() {
    return isDone() ? Optional.of(outcome.join()) : Optional.empty();
  }

  /**
   * Waits for the result. A request that a reset or a close came before, so that the driver never
   * accepted it, has {@link org.tenon.api.Status#ABORTED}.
   *
   * @throws HarnessError if the driver did not complete it in time
   */
  public BlockResult await() {
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

  /** Where it was submitted, for faults: queue, tag and number. */
  String place() {
    return "queue %d tag %d".formatted(queue, tag);
  }

  /** The line of the test that submitted it. */
  String origin() {
    return origin;
  }

  Stage stage() {
    return stage;
  }

  void offeredAs(int assigned, HostClock.Timer timer) {
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

  void settle(BlockResult result) {
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

  @Override
  public String toString() {
    return "request %d (%s) on %s, submitted at %s".formatted(number, request, place(), origin);
  }
}
