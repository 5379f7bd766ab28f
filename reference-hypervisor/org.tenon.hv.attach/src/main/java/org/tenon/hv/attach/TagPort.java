package org.tenon.hv.attach;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Status;

/**
 * One queue of an attached driver, as a device model uses it, whatever the requests are:
 *
 * <pre>{@code
 * synchronized (port) {
 *   int tag = port.claim();
 *   fill the request's row
 *   port.stage(tag);
 * }
 * port.submit();                       // outside the monitor: the driver runs now
 * synchronized (port) {
 *   for (int tag = port.completed(); tag != NONE; tag = port.completed()) {
 *     use what came of it
 *     port.release(tag);
 *   }
 * }
 * }</pre>
 *
 * <p>Everything but {@link #submit}, {@link #offer}, {@link #arm} and {@link #onReady} is called
 * with the port's monitor held, so that several threads may serve a queue in turn: when the driver
 * keeps one of them inside the call, another goes on. No method here blocks, throws for what the
 * driver does, or allocates.
 */
public abstract sealed class TagPort permits BlockPort, TransmitPort, ReceivePort {
  /** No tag. */
  public static final int NONE = -1;

  private final int index;
  private final PortClauses clauses;
  final Conduct conduct;
  final InFlightLedger ledger;
  private final StagedTags staged;

  /** The batch that the driver is looking at, or the one it will look at next. */
  private TagBatch batch;

  private Runnable ready = () -> {};
  private @Nullable Runnable idle;
  private boolean refused;
  private boolean paused;
  private volatile boolean dead;

  /** Whether tags were ended for want of a driver, of which nobody has been told yet. */
  private volatile boolean endedSome;

  private int deadStatus;
  private boolean submitting;

  /** How many of the requests ever staged may be offered. */
  private long offerable = Long.MAX_VALUE;

  /**
   * The watchdog's ticks so far, and at the last offer: reading a clock would cost a request more.
   */
  private int tick;

  private int submittingSince;

  /** Whether a completion has been seen since the last offer: the driver may accept more. */
  private boolean completedSince;

  /** Whether the driver has said since the last offer that it may accept more. */
  private volatile boolean saidReady;

  private volatile boolean armed;

  /** Who calls {@link #offer}; null for whoever calls {@link #submit}. */
  private volatile @Nullable Runnable submitter;

  private final StagingOrder order;

  TagPort(int index, int depth, PortClauses clauses, Conduct conduct) {
    this.index = index;
    this.clauses = clauses;
    this.conduct = conduct;
    ledger = new InFlightLedger(depth);
    staged = new StagedTags(depth);
    batch = new TagBatch(depth);
    order = new StagingOrder(depth);
  }

  /** Hands a batch to the driver; whatever it answers or throws is judged here. */
  abstract int hand(TagBatch offer);

  /** What the driver's method is called. */
  abstract String call();

  /** What the driver is asked to do with the tag, for a fault's words. */
  abstract String words(int tag);

  /** Whether the driver has to complete each tag within the request deadline. */
  abstract boolean isTimed();

  /** What the ledger says of a tag that ends without the driver, for this reason. */
  int endedWithoutDriver(int status) {
    return status;
  }

  /** The tag is about to be offered. With the monitor. */
  void offering(int tag) {}

  /** The last tag offered was not accepted. With the monitor. */
  void notAccepted(int tag) {}

  /** The tag has come back. With the monitor. */
  void cameBack(int tag) {}

  /** Whether there is a driver behind the port; false after quarantine and close. */
  public final boolean isServed() {
    return !dead;
  }

  /** The most requests at one time. */
  public final int depth() {
    return ledger.depth();
  }

  /** Requests that are not released. */
  public final int used() {
    return ledger.used();
  }

  /** A tag for a new request, or {@link #NONE} when all are in use. */
  public final int claim() {
    return ledger.claim();
  }

  /** Puts the filled request last in the line for the driver. */
  public final void stage(int tag) {
    staged.add(tag);
    order.staged(tag);
  }

  /**
   * Gives completed requests back in the order in which they were staged, and only as many as
   * {@link #allow} says, whatever the driver does. Called before the first request.
   */
  public final synchronized void keepOrder() {
    order.keep();
  }

  /**
   * Has the driver offered no more than the first {@code total} requests ever staged, where order
   * is kept, whoever calls {@link #offer} and whenever.
   */
  public final void offerUpTo(long total) {
    offerable = total;
  }

  /** How many requests have been staged so far. */
  public final long stagedTotal() {
    return order.total();
  }

  /** How many requests have been given back so far, where order is kept. */
  public final long givenTotal() {
    return order.given();
  }

  /** How many of the requests ever staged may be given back, where order is kept. */
  public final long allowedTotal() {
    return order.allowed();
  }

  /** Whether the driver has been offered all that it may be offered now, and has returned. */
  public final synchronized boolean isOffered() {
    boolean waits = paused || dead || (refused && !mayAccept());
    return !submitting && (staged.isEmpty() || waits);
  }

  /** Whether the driver has answered everything that was staged. */
  public final boolean isAtRest() {
    return staged.isEmpty() && !submitting && ledger.inFlight() == 0;
  }

  /**
   * Requests of a port {@linkplain #isAtRest at rest} that wait to be given back, in that order.
   */
  public final int[] waiting() {
    return order.isKept() ? order.left() : ledger.left();
  }

  /**
   * Everything that is staged or waits to be given back, in that order: while the driver rests, all
   * that is not released, but for what the caller has got from {@link #completed}.
   */
  public final int[] pending() {
    return order.isKept()
        ? order.left()
        : IntStream.concat(Arrays.stream(ledger.left()), staged.stream()).toArray();
  }

  /** Whether a tag that is not released has come back from the driver, or ended without it. */
  public final boolean isBack(int tag) {
    return ledger.isCompleted(tag);
  }

  /** Whether the driver has nothing of this queue. */
  public final boolean isUntouched() {
    return !submitting && ledger.inFlight() == 0;
  }

  /** Puts a tag that has come back first in the line for the driver. */
  final void stageFirst(int tag) {
    ledger.restage(tag);
    staged.addFirst(tag);
  }

  /** Takes up a claimed tag as one that has come back, behind those that have before. */
  final void restored(int tag, int status) {
    order.staged(tag);
    ledger.completeStaged(tag, status);
  }

  /** Lets the first {@code total} requests ever staged be given back, where order is kept. */
  public final void allow(long total) {
    order.allow(total);
  }

  /** Whether the driver has completed the first {@code total} requests ever staged. */
  public final boolean isAnswered(long total) {
    takeAnswers();
    return order.isAnswered(total);
  }

  private void takeAnswers() {
    for (int tag = ledger.takeEnded(); tag != NONE; tag = ledger.takeEnded()) {
      completedSince = true;
      order.answered(tag);
    }
  }

  /**
   * Has {@link #offer} called by another thread than those that call {@link #submit}, so that a
   * driver that keeps its caller keeps none of them.
   *
   * @param wake has that thread call it soon; must not block
   */
  public final void submitBy(Runnable wake) {
    submitter = wake;
  }

  /** Has what is staged offered to the driver, if it may be offered now. Without the monitor. */
  public final void submit() {
    Runnable elsewhere = submitter;
    if (elsewhere == null) {
      offer();
    } else {
      elsewhere.run();
    }
  }

  /**
   * Offers what is staged to the driver, if it may be offered now. Called without the monitor, by
   * any thread; while one thread is inside the driver the others return at once.
   */
  public final void offer() {
    TagBatch offer = prepare();
    if (offer == null) {
      if (endedSome) {
        endedSome = false;
        wake();
      }
      return;
    }
    int accepted = 0;
    Throwable thrown = null;
    try {
      accepted = hand(offer);
    } catch (Throwable t) {
      thrown = t;
    }
    settle(offer, accepted, thrown);
  }

  private synchronized @Nullable TagBatch prepare() {
    if (submitting || staged.isEmpty() || paused || (refused && !mayAccept())) {
      return null;
    }
    if (dead) {
      failStaged(deadStatus);
      endedSome = true;
      return null;
    }
    int count = (int) (staged.size() - Math.max(0, order.total() - offerable));
    if (count <= 0) {
      return null;
    }
    TagBatch offer = batch;
    int now = tick;
    for (int i = 0; i < count; i++) {
      int tag = staged.get(i);
      offer.tags[i] = tag;
      offering(tag);
      ledger.offer(tag, now);
    }
    offer.size = count;
    completedSince = false;
    if (saidReady) {
      saidReady = false;
    }
    submittingSince = now;
    submitting = true;
    return offer;
  }

  private void settle(TagBatch offer, int accepted, @Nullable Throwable thrown) {
    int unaccepted = NONE;
    Runnable waiting;
    synchronized (this) {
      if (offer != batch) {
        // The driver came back after it had been given up; its requests are settled.
        return;
      }
      submitting = false;
      boolean sane = thrown == null && accepted >= 0 && accepted <= offer.size;
      if (sane) {
        unaccepted = withdraw(offer, accepted);
      } else {
        // The quarantine that follows ends them.
        staged.drop(offer.size);
      }
      waiting = idle;
      idle = null;
    }
    if (waiting != null) {
      waiting.run();
    }
    if (thrown != null) {
      conduct.fault(
          Clauses.NO_METHOD_THROWS, Fault.Kind.THREW, subject(), call() + " threw " + thrown);
    } else if (accepted < 0 || accepted > offer.size) {
      conduct.fault(
          clauses.prefix(),
          Fault.Kind.BAD_ANSWER,
          subject(),
          "%s of a batch of %d answered %d".formatted(call(), offer.size, accepted));
    } else if (unaccepted != NONE) {
      conduct.fault(
          clauses.nothingElse(),
          Fault.Kind.COMPLETED_UNKNOWN,
          subject(unaccepted),
          "%s answered %d, but a later one of the batch came back".formatted(call(), accepted));
    }
  }

  /** Takes back what the driver did not accept; a tag that it completed all the same, or NONE. */
  private int withdraw(TagBatch offer, int accepted) {
    int unaccepted = NONE;
    for (int i = offer.size - 1; i >= accepted; i--) {
      if (ledger.withdraw(offer.tags[i])) {
        notAccepted(offer.tags[i]);
      } else {
        unaccepted = offer.tags[i];
      }
    }
    if (unaccepted == NONE) {
      refused = accepted < offer.size;
      staged.drop(accepted);
    } else {
      staged.drop(offer.size);
      for (int i = accepted; i < offer.size; i++) {
        ledger.failWithdrawn(offer.tags[i], endedWithoutDriver(Status.NOT_READY));
      }
    }
    return unaccepted;
  }

  private void failStaged(int status) {
    for (; !staged.isEmpty(); staged.drop(1)) {
      ledger.completeStaged(staged.get(0), endedWithoutDriver(status));
    }
  }

  /** The next completed request, or {@link #NONE}. It stays the caller's until {@link #release}. */
  public final int completed() {
    int tag;
    if (order.isKept()) {
      takeAnswers();
      tag = order.next();
    } else {
      tag = ledger.takeEnded();
    }
    if (tag == NONE) {
      return NONE;
    }
    completedSince = true;
    cameBack(tag);
    return tag;
  }

  /**
   * Prepares a completed tag for a second request, which is then filled and staged like a first.
   */
  public final void reuse(int tag) {
    ledger.restage(tag);
  }

  /** Gives the tag back, completed or claimed and never staged. */
  public final void release(int tag) {
    ledger.release(tag);
  }

  /**
   * What to run, on any thread, when an {@link #arm}ed port has something to do. It must not block.
   */
  public final synchronized void onReady(Runnable wake) {
    ready = wake;
  }

  /**
   * Asks to be woken once; called when the caller is about to wait.
   *
   * @return false where there is something to do already
   */
  public final synchronized boolean arm() {
    armed = true;
    if (ledger.hasEnded() || (refused && mayAccept())) {
      armed = false;
      return false;
    }
    return true;
  }

  /**
   * Judges what the ledger says of a tag that has come back; whether it is to count. Any thread.
   */
  final boolean countsAs(int tag, InFlightLedger.Verdict verdict) {
    switch (verdict) {
      case ACCEPTED -> {
        wake();
        return true;
      }
      case TWICE ->
          conduct.fault(
              clauses.exactlyOnce(), Fault.Kind.COMPLETED_TWICE, subject(tag), "completed again");
      case UNKNOWN ->
          conduct.fault(
              clauses.nothingElse(),
              Fault.Kind.COMPLETED_UNKNOWN,
              subject(tag),
              "completed, but not in flight");
    }
    return false;
  }

  /** The driver may accept again; any thread. */
  void driverReady() {
    saidReady = true;
    wake();
  }

  private boolean mayAccept() {
    return completedSince || saidReady || ledger.hasEnded();
  }

  private void wake() {
    if (armed) {
      armed = false;
      ready.run();
    }
  }

  /**
   * Stops submitting for a while.
   *
   * @param whenIdle run once no thread is inside the driver's submit; at once if none is
   */
  void pause(Runnable whenIdle) {
    synchronized (this) {
      paused = true;
      if (submitting) {
        idle = whenIdle;
        return;
      }
    }
    whenIdle.run();
  }

  /** Submits again, and wakes whoever waits to. */
  void unpause() {
    synchronized (this) {
      paused = false;
      refused = false;
      idle = null;
    }
    driverReady();
  }

  /** Ends every staged request without the driver, as ABORTED; not while it is offered any. */
  public final void abortStaged() {
    synchronized (this) {
      if (!submitting) {
        failStaged(Status.ABORTED);
      }
    }
    wake();
  }

  /** Ends every request, now and later, without the driver; in the order of submission. */
  void kill(int status) {
    Runnable waiting;
    synchronized (this) {
      if (dead) {
        return;
      }
      dead = true;
      deadStatus = status;
      paused = false;
      refused = false;
      if (submitting) {
        staged.drop(batch.size);
        batch = new TagBatch(batch.tags.length);
        submitting = false;
      }
      ledger.completeAll(endedWithoutDriver(status));
      failStaged(status);
      waiting = idle;
      idle = null;
    }
    driverReady();
    if (waiting != null) {
      waiting.run();
    }
  }

  /** How many requests the driver has accepted and not completed. For control. */
  synchronized int inFlight() {
    return ledger.inFlight();
  }

  /**
   * One tick of the watchdog.
   *
   * @param requestTicks after how many whole ticks a request is overdue
   * @param controlTicks after how many a submit is
   * @return what is overdue; null if nothing is
   */
  @Nullable Overdue overdue(int requestTicks, int controlTicks) {
    boolean hangs;
    int late;
    boolean stalled;
    synchronized (this) {
      int now = ++tick;
      hangs = submitting && now - submittingSince > controlTicks;
      late = isTimed() ? ledger.offeredBefore(now - requestTicks) : NONE;
      stalled =
          refused
              && !paused
              && !submitting
              && now - submittingSince > requestTicks
              && !mayAccept()
              && ledger.inFlight() == 0;
    }
    if (hangs) {
      return new Overdue(clauses.returns(), subject(), call() + " has not returned");
    }
    if (late != NONE) {
      return new Overdue(clauses.exactlyOnce(), subject(late), words(late) + " has not completed");
    }
    return stalled
        ? new Overdue(
            clauses.callsReady(),
            subject(),
            "refuses what " + call() + " offers and has not called queueReady")
        : null;
  }

  final String subject() {
    return conduct.subject() + " queue " + index;
  }

  final String subject(int tag) {
    return subject() + " tag " + tag;
  }
}
