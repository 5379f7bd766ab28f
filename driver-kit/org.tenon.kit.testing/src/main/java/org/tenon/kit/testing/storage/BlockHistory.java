package org.tenon.kit.testing.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockObserver;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.BlockResult;
import org.tenon.kit.testing.Submission;
import org.tenon.spi.block.BlockOperation;

/**
 * Every request that a driver was given, with its data, in the order of submission. Hand it to a
 * harness as its observer. Safe for use by any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockHistory implements BlockObserver {
  /** A request from submission to completion. Safe for use by any thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Request {
    private final int queue;
    private final BlockRequest asked;
    private volatile long submitted;
    private volatile byte[] data;
    private volatile int status = Status.NOT_READY;
    private volatile long completed = Ticks.NEVER;

    private Request(int queue, BlockRequest asked) {
      this.queue = queue;
      this.asked = asked;
      this.data = asked.data();
    }

    /** What was asked. */
    public BlockRequest asked() {
      return asked;
    }

    /** A code of {@link BlockOperation}. */
    public int operation() {
      return asked.operation();
    }

    /** When the driver was given it. */
    public long submitted() {
      return submitted;
    }

    /** When the driver completed it; {@link Ticks#NEVER} while it has not. */
    public long completed() {
      return completed;
    }

    /** Whether it completed as OK before that tick. */
    public boolean isOkBefore(long tick) {
      return completed < tick && status == Status.OK;
    }

    /** Whether the block is one of its own. */
    boolean touches(long number) {
      return number >= asked.block() && number < asked.block() + asked.blocks();
    }

    /** What a write holds, or a completed read brought; empty for other operations. */
    public byte[] data() {
      return data;
    }

    boolean has(int flag) {
      return (asked.flags() & flag) != 0;
    }

    @Override
    public String toString() {
      return "%s on queue %d, #%d..%s"
          .formatted(
              asked,
              queue,
              submitted,
              completed == Ticks.NEVER ? "" : completed + " " + Status.name(status));
    }
  }

  private final Ticks ticks;
  private final Map<Submission, Request> bySubmission = new HashMap<>();
  private final List<Request> requests = new ArrayList<>();

  /** An empty history. */
  public BlockHistory(Ticks ticks) {
    this.ticks = ticks;
  }

  /** The order in which its events lie. */
  public Ticks ticks() {
    return ticks;
  }

  /** What was submitted so far. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void submitting(Submission submission) {
    submitted(submission.queue(), submission.request(), submission);
  }

  @Override
  public void completed(Submission submission, BlockResult result) {
    Request request;
    synchronized (this) {
      request = bySubmission.remove(submission);
    }
    if (request != null) {
      completed(
          request,
          result.status(),
          request.operation() == BlockOperation.READ ? result.memory() : request.data);
    }
  }

  private synchronized void submitted(int queue, BlockRequest asked, Submission submission) {
    Request request = bySubmission.get(submission);
    if (request == null) {
      request = submitted(queue, asked);
      bySubmission.put(submission, request);
    } else {
      request.submitted = ticks.next();
    }
  }

  /**
   * Notes a request that is about to be given to a driver, for who drives one without a harness.
   */
  public synchronized Request submitted(int queue, BlockRequest asked) {
    Request request = new Request(queue, asked);
    requests.add(request);
    request.submitted = ticks.next();
    return request;
  }

  /**
   * Notes that the driver has completed a request.
   *
   * @param status a code of {@link Status}
   * @param data what a read brought; for any other operation what was submitted
   */
  public void completed(Request request, int status, byte[] data) {
    request.data = data;
    request.status = status;
    request.completed = ticks.next();
  }
}
