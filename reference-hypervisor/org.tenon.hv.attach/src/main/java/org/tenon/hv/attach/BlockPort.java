package org.tenon.hv.attach;

import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/**
 * One queue of an attached driver, as a device model uses it:
 *
 * <pre>{@code
 * synchronized (port) {
 *   int tag = port.claim();
 *   port.begin(tag, READ, 0, block, blocks);
 *   port.segment(tag, region, offset, length);
 *   port.stage(tag);
 * }
 * port.submit();                       // outside the monitor: the driver runs now
 * synchronized (port) {
 *   for (int tag = port.completed(); tag != NONE; tag = port.completed()) {
 *     use(port.status(tag));
 *     port.release(tag);
 *   }
 * }
 * }</pre>
 *
 * <p>Everything but {@link #submit}, {@link #offer}, {@link #arm} and {@link #onReady} is called
 * with the port's monitor held, so that several threads may serve a queue in turn: when the driver
 * keeps one of them inside {@code submit}, another goes on. No method here blocks, throws for what
 * the driver does, or allocates.
 */
public final class BlockPort {
  /** No tag. */
  public static final int NONE = -1;

  private final int index;
  private final BlockQueue queue;
  private final Conduct conduct;
  private final RequestTable table;
  private final InFlightLedger ledger;
  private final int[] staged;
  private int stagedHead;
  private int stagedCount;

  /** The batch that the driver is looking at, or the one it will look at next. */
  private Batch batch;

  private Runnable ready = () -> {};
  private @Nullable Runnable idle;
  private boolean refused;
  private boolean paused;
  private boolean dead;
  private int deadStatus;
  private boolean submitting;

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

  BlockPort(int index, BlockQueue queue, RequestTable table, int depth, Conduct conduct) {
    this.index = index;
    this.queue = queue;
    this.table = table;
    this.conduct = conduct;
    ledger = new InFlightLedger(depth);
    staged = new int[depth];
    batch = new Batch(depth);
    order = new StagingOrder(depth);
  }

  /** The most requests at one time. */
  public int depth() {
    return ledger.depth();
  }

  /** Requests that are not released. */
  public int used() {
    return ledger.used();
  }

  /** A tag for a new request, or {@link #NONE} when all are in use. */
  public int claim() {
    return ledger.claim();
  }

  /**
   * Begins to fill the request, with no segment yet. What the driver agreed to is the caller's
   * concern.
   *
   * @param operation a code of {@link BlockOperation}
   * @param flags its flags
   * @param block the first logical block
   * @param blocks how many
   */
  public void begin(int tag, int operation, int flags, long block, int blocks) {
    table.begin(tag, operation, flags, block, blocks);
  }

  /**
   * Adds a segment; it lies wholly inside the region.
   *
   * @return false where the request has as many as the driver takes
   */
  public boolean segment(int tag, MemoryRegion region, long offset, long length) {
    return table.add(tag, region, offset, length);
  }

  /** Puts the filled request last in the line for the driver. */
  public void stage(int tag) {
    int slot = stagedHead + stagedCount;
    staged[slot >= staged.length ? slot - staged.length : slot] = tag;
    stagedCount++;
    order.staged(tag);
  }

  /**
   * Gives completed requests back in the order in which they were staged, and only as many as
   * {@link #allow} says, whatever the driver does. Called before the first request.
   */
  public synchronized void keepOrder() {
    order.keep();
  }

  /** How many requests have been staged so far. */
  public long stagedTotal() {
    return order.total();
  }

  /** How many requests have been given back so far, where order is kept. */
  public long givenTotal() {
    return order.given();
  }

  /** How many of the requests ever staged may be given back, where order is kept. */
  public long allowedTotal() {
    return order.allowed();
  }

  /** Whether the driver has answered everything that was staged. */
  public boolean isAtRest() {
    return stagedCount == 0 && !submitting && ledger.inFlight() == 0;
  }

  /** Requests of a port {@linkplain #isAtRest at rest} that wait to be given back, in that order. */
  public int[] waiting() {
    return order.isKept() ? order.left() : ledger.left();
  }

  /**
   * Takes up a request that a driver has answered before the machine was saved. It waits to be
   * given back behind those taken up before.
   *
   * @return its tag, or {@link #NONE} when all are in use
   */
  public int restore(int operation, int status) {
    int tag = claim();
    if (tag != NONE) {
      begin(tag, operation, 0, 0, 0);
      order.staged(tag);
      ledger.completeStaged(tag, status);
    }
    return tag;
  }

  /** Lets the first {@code total} requests ever staged be given back, where order is kept. */
  public void allow(long total) {
    order.allow(total);
  }

  /** Whether the driver has completed the first {@code total} requests ever staged. */
  public boolean isAnswered(long total) {
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
  public void submitBy(Runnable wake) {
    submitter = wake;
  }

  /** Has what is staged offered to the driver, if it may be offered now. Without the monitor. */
  public void submit() {
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
  public void offer() {
    Batch offer = prepare();
    if (offer == null) {
      return;
    }
    int accepted = 0;
    Throwable thrown = null;
    try {
      accepted = queue.submit(offer);
    } catch (Throwable t) {
      thrown = t;
    }
    settle(offer, accepted, thrown);
  }

  private synchronized @Nullable Batch prepare() {
    if (submitting || stagedCount == 0 || paused || (refused && !mayAccept())) {
      return null;
    }
    if (dead) {
      failStaged(deadStatus);
      return null;
    }
    Batch offer = batch;
    int now = tick;
    for (int i = 0, slot = stagedHead; i < stagedCount; i++) {
      int tag = staged[slot];
      offer.tags[i] = tag;
      ledger.offer(tag, now);
      slot = slot + 1 == staged.length ? 0 : slot + 1;
    }
    offer.size = stagedCount;
    completedSince = false;
    if (saidReady) {
      saidReady = false;
    }
    submittingSince = now;
    submitting = true;
    return offer;
  }

  private void settle(Batch offer, int accepted, @Nullable Throwable thrown) {
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
        dropStaged(offer.size);
      }
      waiting = idle;
      idle = null;
    }
    if (waiting != null) {
      waiting.run();
    }
    if (thrown != null) {
      conduct.fault(
          Clauses.NO_METHOD_THROWS, Fault.Kind.THREW, subject(), "submit threw " + thrown);
    } else if (accepted < 0 || accepted > offer.size) {
      conduct.fault(
          Clauses.PREFIX,
          Fault.Kind.BAD_ANSWER,
          subject(),
          "submit of %d requests answered %d".formatted(offer.size, accepted));
    } else if (unaccepted != NONE) {
      conduct.fault(
          Clauses.NOTHING_ELSE_COMPLETED,
          Fault.Kind.COMPLETED_UNKNOWN,
          subject(unaccepted),
          "submit answered %d, but a later request of the batch was completed".formatted(accepted));
    }
  }

  /** Takes back what the driver did not accept; a tag that it completed all the same, or NONE. */
  private int withdraw(Batch offer, int accepted) {
    int unaccepted = NONE;
    for (int i = offer.size - 1; i >= accepted; i--) {
      if (!ledger.withdraw(offer.tags[i])) {
        unaccepted = offer.tags[i];
      }
    }
    if (unaccepted == NONE) {
      refused = accepted < offer.size;
      dropStaged(accepted);
    } else {
      dropStaged(offer.size);
      for (int i = accepted; i < offer.size; i++) {
        ledger.failWithdrawn(offer.tags[i], Status.NOT_READY);
      }
    }
    return unaccepted;
  }

  private void dropStaged(int count) {
    int head = stagedHead + count;
    stagedHead = head >= staged.length ? head - staged.length : head;
    stagedCount -= count;
  }

  private void failStaged(int status) {
    for (; stagedCount > 0; dropStaged(1)) {
      ledger.completeStaged(staged[stagedHead], status);
    }
  }

  /** The next completed request, or {@link #NONE}. It stays the caller's until {@link #release}. */
  public int completed() {
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
    if (table.operation(tag) == BlockOperation.READ) {
      table.markDirty(tag);
    }
    return tag;
  }

  /** How a completed request ended: a code of {@link Status}. */
  public int status(int tag) {
    return ledger.status(tag);
  }

  /**
   * Prepares a completed tag for a second request, which is then filled and staged like a first.
   */
  public void reuse(int tag) {
    ledger.restage(tag);
  }

  /** Gives the tag back, completed or claimed and never staged. */
  public void release(int tag) {
    ledger.release(tag);
  }

  /**
   * What to run, on any thread, when an {@link #arm}ed port has something to do. It must not block.
   */
  public synchronized void onReady(Runnable wake) {
    ready = wake;
  }

  /**
   * Asks to be woken once; called when the caller is about to wait.
   *
   * @return false where there is something to do already
   */
  public synchronized boolean arm() {
    armed = true;
    if (ledger.hasEnded() || (refused && mayAccept())) {
      armed = false;
      return false;
    }
    return true;
  }

  /** The driver completes a request; any thread. */
  void complete(int tag, int status, long bytes) {
    if (tag < 0 || tag >= ledger.depth()) {
      completedUnknown(tag);
      return;
    }
    // Read before the tag is given back; of a tag that is not in flight it means nothing.
    long expected = expectedBytes(tag);
    boolean honest = status != Status.OK || bytes == expected;
    InFlightLedger.Verdict verdict = ledger.complete(tag, honest ? status : Status.IO_ERROR);
    if (verdict == InFlightLedger.Verdict.ACCEPTED) {
      wake();
      if (!honest) {
        conduct.fault(
            Clauses.WHOLE_LENGTH,
            Fault.Kind.BAD_ANSWER,
            subject(tag),
            "completed as OK with %d bytes instead of %d".formatted(bytes, expected));
      }
    } else if (verdict == InFlightLedger.Verdict.TWICE) {
      conduct.fault(
          Clauses.EXACTLY_ONCE, Fault.Kind.COMPLETED_TWICE, subject(tag), "completed again");
    } else {
      completedUnknown(tag);
    }
  }

  private void completedUnknown(int tag) {
    conduct.fault(
        Clauses.NOTHING_ELSE_COMPLETED,
        Fault.Kind.COMPLETED_UNKNOWN,
        subject(tag),
        "completed, but not in flight");
  }

  private long expectedBytes(int tag) {
    int operation = table.operation(tag);
    return operation == BlockOperation.READ || operation == BlockOperation.WRITE
        ? table.total(tag)
        : 0;
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

  RequestTable table() {
    return table;
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

  /** Ends every staged request without the driver. */
  void abortStaged() {
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
        dropStaged(batch.size);
        batch = new Batch(batch.tags.length);
        submitting = false;
      }
      ledger.completeAll(status);
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
      late = ledger.offeredBefore(now - requestTicks);
      stalled =
          refused
              && !paused
              && !submitting
              && now - submittingSince > requestTicks
              && !mayAccept()
              && ledger.inFlight() == 0;
    }
    if (hangs) {
      return new Overdue(Clauses.SUBMIT_RETURNS, subject(), "submit has not returned");
    }
    if (late != NONE) {
      return new Overdue(
          Clauses.EXACTLY_ONCE,
          subject(late),
          BlockOperation.name(table.operation(late)) + " has not completed");
    }
    return stalled
        ? new Overdue(
            Clauses.CALLS_QUEUE_READY, subject(), "refuses requests and has not called queueReady")
        : null;
  }

  private String subject() {
    return conduct.subject() + " queue " + index;
  }

  private String subject(int tag) {
    return subject() + " tag " + tag;
  }

  /** What a submit offers. A new one takes its place when the driver does not come back. */
  private static final class Batch implements BlockBatch {
    final int[] tags;
    int size;

    Batch(int depth) {
      tags = new int[depth];
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int tag(int index) {
      if (index < 0 || index >= size) {
        throw new IndexOutOfBoundsException(
            "the batch has %d requests, none at %d".formatted(size, index));
      }
      return tags[index];
    }
  }
}
