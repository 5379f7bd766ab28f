package org.tenon.kit.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/**
 * One queue from the host's side: hands out tags, offers what waits on a thread of its own, offers
 * the rest again when the driver can take it, and checks each completion. Everything mutable is
 * guarded by {@code this}.
 */
final class QueuePort {
  private static final byte[] NOTHING = new byte[0];

  private final int queue;
  private final FaultLog faults;
  private final BlockObserver observer;
  private final HostClock clock;
  private final Duration requestDeadline;
  private final Duration submitLimit;
  private final MemoryWatch memory;
  private final RequestTable table;
  private final Submission[] latest;
  private final Deque<Integer> freeTags = new ArrayDeque<>();
  private final Deque<Submission> waiting = new ArrayDeque<>();

  private @Nullable BlockQueue driver;
  private int logicalBlockSize;
  private @Nullable Offer single;
  private boolean running;
  private boolean refused;
  private boolean submitting;
  private boolean stopped;
  private long events;
  private HostClock.@Nullable Timer refusal;

  QueuePort(
      int queue,
      int depth,
      HarnessOptions options,
      FaultLog faults,
      HostClock clock,
      MemoryWatch memory) {
    this.queue = queue;
    this.faults = faults;
    this.observer = options.observer();
    this.clock = clock;
    this.requestDeadline = options.deadlines().request();
    this.submitLimit = options.submitLimit();
    this.memory = memory;
    this.table = new RequestTable(queue, depth, faults);
    this.latest = new Submission[depth];
    for (int tag = 0; tag < depth; tag++) {
      freeTags.add(tag);
    }
  }

  RequestTable table() {
    return table;
  }

  /** Lets submissions through to the driver. */
  synchronized void run(BlockQueue to, int blockSize) {
    driver = to;
    logicalBlockSize = blockSize;
    running = true;
    refused = false;
    notifyAll();
  }

  /**
   * Lets no more submissions through; returns when the driver is not inside {@code submit}, or has
   * been for too long.
   *
   * @param patience how long to wait, in real time
   */
  synchronized void pause(Duration patience) {
    running = false;
    cancelRefusal();
    waitUntil(() -> !submitting, patience);
  }

  /** Ends the submitting thread; what the driver never accepted ends as aborted. */
  synchronized void stop() {
    stopped = true;
    withdrawWaiting();
    notifyAll();
  }

  /** What the driver never accepted ends as aborted. */
  synchronized void withdrawWaiting() {
    List<Submission> all = List.copyOf(waiting);
    waiting.clear();
    cancelRefusal();
    for (Submission submission : all) {
      submission.withdrawn();
      submission.settle(new BlockResult(Status.ABORTED, 0, NOTHING));
    }
  }

  synchronized void submit(List<Submission> submissions) {
    waiting.addAll(submissions);
    notifyAll();
  }

  /** Offers these in one call, and waits until it has returned. */
  synchronized int offerOnce(List<Submission> submissions, Duration patience) {
    if (!running) {
      throw new IllegalStateException("requests are offered to a running driver only");
    }
    if (submissions.size() > freeTags.size()) {
      throw new IllegalArgumentException(
          "a batch of %d needs as many free tags; queue %d has %d"
              .formatted(submissions.size(), queue, freeTags.size()));
    }
    Offer offer = prepare(submissions, true);
    single = offer;
    notifyAll();
    if (!waitUntil(() -> offer.accepted >= 0, patience)) {
      throw new HarnessError(
          "submit on queue %d has not returned after %d s".formatted(queue, patience.toSeconds()));
    }
    return offer.accepted;
  }

  /** The requests that the driver has accepted and not completed. */
  synchronized List<Submission> inFlight() {
    List<Submission> found = new ArrayList<>();
    for (int tag = 0; tag < latest.length; tag++) {
      LentRequest row = table.find(tag);
      if (row != null) {
        found.add(row.submission());
      }
    }
    return found;
  }

  /** The driver can take more. Called by the driver, on any thread. */
  synchronized void ready() {
    events++;
    refused = false;
    cancelRefusal();
    notifyAll();
  }

  /** The body of the submitting thread. */
  void serve() {
    for (Offer offer = next(); offer != null; offer = next()) {
      deliver(offer);
    }
  }

  private synchronized @Nullable Offer next() {
    boolean found = waitUntil(() -> single != null || mayOffer(), Duration.ofDays(1));
    if (stopped || !found) {
      return null;
    }
    submitting = true;
    Offer offer = single;
    if (offer != null) {
      single = null;
      return offer;
    }
    List<Submission> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < freeTags.size()) {
      batch.add(waiting.remove());
    }
    return prepare(batch, false);
  }

  private boolean mayOffer() {
    return running && !refused && !waiting.isEmpty() && !freeTags.isEmpty();
  }

  private Offer prepare(List<Submission> submissions, boolean once) {
    int[] tags = new int[submissions.size()];
    for (int i = 0; i < tags.length; i++) {
      Submission submission = submissions.get(i);
      int tag = freeTags.remove();
      tags[i] = tag;
      latest[tag] = submission;
      submission.offeredAs(tag, clock.schedule(requestDeadline, () -> expire(submission)));
      table.put(tag, new LentRequest(submission, logicalBlockSize));
    }
    return new Offer(submissions, new CheckedBatch(tags, faults), once);
  }

  /** Calls the driver, outside the lock. */
  private void deliver(Offer offer) {
    offer.submissions.forEach(observer::submitting);
    BlockQueue target;
    long eventsBefore;
    synchronized (this) {
      target = driver;
      eventsBefore = events;
    }
    HostClock.Timer limit = clock.schedule(submitLimit, this::reportBlockedSubmit);
    int accepted = 0;
    boolean threw = false;
    try {
      accepted = target == null ? 0 : target.submit(offer.batch);
    } catch (Throwable e) {
      threw = true;
      faults.reportThrown(Clauses.NEVER_THROWS, "submit on queue " + queue + " threw", e);
    } finally {
      limit.cancel();
      offer.batch.end();
    }
    settle(offer, accepted, threw, eventsBefore);
  }

  private void reportBlockedSubmit() {
    faults.report(
        Clauses.SUBMIT_DOES_NOT_BLOCK,
        Fault.Kind.HUNG,
        "submit on queue %d has not returned within %d ms"
            .formatted(queue, submitLimit.toMillis()));
  }

  private synchronized void settle(Offer offer, int answer, boolean threw, long eventsBefore) {
    int accepted = Math.clamp(answer, 0, offer.submissions.size());
    if (answer != accepted) {
      faults.report(
          Clauses.PREFIX,
          Fault.Kind.BAD_ANSWER,
          "submit answered %d to a batch of %d".formatted(answer, offer.submissions.size()));
    }
    List<Submission> rest = takeBackRest(offer, accepted, threw);
    if (threw) {
      giveUp(rest, "submit threw");
    } else if (offer.once) {
      giveUp(rest, "the driver did not accept it");
    } else {
      offerAgain(rest, eventsBefore);
    }
    offer.accepted = accepted;
    submitting = false;
    notifyAll();
  }

  /** Marks what was accepted, and takes back what was not and is not completed either. */
  private List<Submission> takeBackRest(Offer offer, int accepted, boolean threw) {
    List<Submission> rest = new ArrayList<>();
    for (int i = 0; i < offer.submissions.size(); i++) {
      Submission submission = offer.submissions.get(i);
      boolean completed = submission.stage() == Submission.Stage.COMPLETED;
      if (i < accepted && !completed) {
        submission.accepted();
      } else if (i >= accepted && !completed) {
        takeBack(submission);
        rest.add(submission);
      } else if (i >= accepted && !threw) {
        faults.report(
            Clauses.NOTHING_UNKNOWN,
            Fault.Kind.COMPLETED_UNKNOWN,
            submission,
            "completed %s, but accepted only %d of %d"
                .formatted(submission.request(), accepted, offer.submissions.size()));
      }
    }
    return rest;
  }

  /** Lets the rest wait for the next completion or for queueReady, unless one came meanwhile. */
  private void offerAgain(List<Submission> rest, long eventsBefore) {
    rest.reversed().forEach(waiting::addFirst);
    refused = !rest.isEmpty() && events == eventsBefore;
    if (refused && inFlight().isEmpty()) {
      refusal = clock.schedule(requestDeadline, this::reportSilentRefusal);
    }
  }

  private static void giveUp(List<Submission> rest, String why) {
    rest.forEach(Submission::withdrawn);
    rest.forEach(submission -> submission.fail(why + ": " + submission));
  }

  private void takeBack(Submission submission) {
    LentRequest row = table.find(submission.tag());
    table.clear(submission.tag());
    freeTags.add(submission.tag());
    submission.backToWaiting();
    if (row != null) {
      memory.takeBack(row);
    }
  }

  private synchronized void reportSilentRefusal() {
    faults.report(
        Clauses.QUEUE_READY,
        Fault.Kind.HUNG,
        "refused requests on queue %d while nothing was in flight, and did not call queueReady"
            .formatted(queue));
    failWaiting("the driver refuses requests on queue " + queue + " and does not call queueReady");
  }

  private void expire(Submission submission) {
    synchronized (this) {
      if (submission.stage() == Submission.Stage.COMPLETED) {
        return;
      }
      String why =
          "did not complete %s within %d ms, submitted at %s"
              .formatted(submission.request(), requestDeadline.toMillis(), submission.origin());
      faults.report(Clauses.EXACTLY_ONCE, Fault.Kind.HUNG, submission, why);
      submission.fail("the driver " + why);
      failWaiting("queue " + queue + " is stuck: the driver " + why);
    }
  }

  private void failWaiting(String why) {
    List<Submission> all = List.copyOf(waiting);
    waiting.clear();
    giveUp(all, why);
  }

  /** Called by the driver, on any thread. */
  void complete(int tag, int status, long bytes) {
    Submission submission;
    BlockResult result;
    synchronized (this) {
      LentRequest row = table.find(tag);
      if (row == null) {
        reportUnknown(tag, status);
        return;
      }
      submission = row.submission();
      byte[] contents = row.contents();
      result = new BlockResult(status, bytes, contents);
      checkBytes(row, result);
      row.check(contents, faults);
      submission.completed();
      observer.completed(submission, result);
      table.clear(tag);
      freeTags.add(tag);
      memory.takeBack(row);
      ready();
    }
    submission.settle(result);
  }

  private void reportUnknown(int tag, int status) {
    Submission last = tag >= 0 && tag < latest.length ? latest[tag] : null;
    if (last != null && last.stage() == Submission.Stage.COMPLETED) {
      faults.report(
          Clauses.EXACTLY_ONCE,
          Fault.Kind.COMPLETED_TWICE,
          last,
          "completed %s a second time, as %s".formatted(last.request(), Status.name(status)));
    } else {
      faults.report(
          Clauses.NOTHING_UNKNOWN,
          Fault.Kind.COMPLETED_UNKNOWN,
          "completed tag %d on queue %d as %s, which is not in flight"
              .formatted(tag, queue, Status.name(status)));
    }
  }

  private void checkBytes(LentRequest row, BlockResult result) {
    BlockRequest request = row.submission().request();
    long whole = request.transfers() ? (long) request.blocks() * logicalBlockSize : 0;
    boolean right =
        result.isOk()
            ? result.bytes() == whole
            : result.bytes() >= 0 && result.bytes() <= Math.max(0, whole);
    if (!right) {
      faults.report(
          Clauses.BYTES_REPORTED,
          Fault.Kind.BAD_ANSWER,
          row.submission(),
          "completed %s as %s with %d bytes; its length is %d"
              .formatted(
                  BlockOperation.name(request.operation()),
                  Status.name(result.status()),
                  result.bytes(),
                  whole));
    }
  }

  private void cancelRefusal() {
    if (refusal != null) {
      refusal.cancel();
      refusal = null;
    }
  }

  /**
   * Waits until the condition holds or the harness ends; says whether it holds after at most {@code
   * limit} of real time.
   */
  private boolean waitUntil(BooleanSupplier condition, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (!condition.getAsBoolean() && !stopped) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      stopped = true;
      Thread.currentThread().interrupt();
    }
    return condition.getAsBoolean();
  }

  /** One call of {@code submit}. */
  private static final class Offer {
    final List<Submission> submissions;
    final CheckedBatch batch;
    final boolean once;
    int accepted = -1;

    Offer(List<Submission> submissions, CheckedBatch batch, boolean once) {
      this.submissions = submissions;
      this.batch = batch;
      this.once = once;
    }
  }
}
