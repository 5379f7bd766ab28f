package org.tenon.kit.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.spi.HostClock;

/**
 * Where the host hands tags to a driver, one direction of one queue: gives out tags, offers what
 * waits on a thread of its own, offers the rest again when the driver can take it, and knows what
 * is in flight. Everything mutable is guarded by {@code this}.
 *
 * @param <P> what passes
 * @param <L> its memory
 */
abstract class Port<P extends Passage<?>, L extends LentSegments> {
  private final int queue;
  private final PortRules rules;
  private final FaultLog faults;
  private final HostClock clock;
  private final Duration deadline;
  private final Duration callLimit;
  private final MemoryWatch memory;
  private final MemoryTable<L> table;
  private final List<@Nullable P> latest = new ArrayList<>();
  private final Deque<Integer> freeTags = new ArrayDeque<>();
  private final Deque<P> waiting = new ArrayDeque<>();

  private @Nullable Offer<P> single;
  private boolean running;
  private boolean refused;
  private boolean calling;
  private boolean stopped;
  private long events;
  private HostClock.@Nullable Timer refusal;

  Port(
      int queue,
      int depth,
      PortRules rules,
      HarnessOptions options,
      HostServices services,
      MemoryTable<L> table) {
    this.queue = queue;
    this.rules = rules;
    this.faults = services.faults();
    this.clock = services.hostClock();
    this.deadline = options.deadlines().request();
    this.callLimit = options.callLimit();
    this.memory = services.memory();
    this.table = table;
    for (int tag = 0; tag < depth; tag++) {
      freeTags.add(tag);
      latest.add(null);
    }
  }

  /** Hands a batch to the driver, outside the lock; what it answers. */
  abstract int call(CheckedBatch batch);

  /** The memory for something that is about to be offered. */
  abstract L lend(P passage);

  /** Whether the driver has a deadline for it. */
  abstract boolean hasDeadline();

  /** Something is about to be offered. Called outside the lock. */
  void offering(P passage) {}

  /** Something that was offered was not accepted. Called under the lock. */
  void notAccepted(P passage) {}

  final FaultLog faults() {
    return faults;
  }

  final int queue() {
    return queue;
  }

  final PortRules rules() {
    return rules;
  }

  /** Lets what waits through to the driver. */
  final synchronized void run() {
    running = true;
    refused = false;
    notifyAll();
  }

  /**
   * Lets nothing more through; returns when the driver is not inside the call, or has been for too
   * long.
   *
   * @param patience how long to wait, in real time
   */
  final synchronized void pause(Duration patience) {
    running = false;
    cancelRefusal();
    waitUntil(() -> !calling, patience);
  }

  /** Ends the calling thread; what the driver never accepted ends as aborted. */
  final synchronized void stop() {
    stopped = true;
    withdrawWaiting();
    notifyAll();
  }

  /** What the driver never accepted ends as aborted. */
  final synchronized void withdrawWaiting() {
    List<P> all = List.copyOf(waiting);
    waiting.clear();
    cancelRefusal();
    for (P passage : all) {
      passage.withdrawn();
      passage.abort();
    }
  }

  final synchronized void submit(Collection<P> passages) {
    waiting.addAll(passages);
    notifyAll();
  }

  /** Offers these in one call, and waits until it has returned. */
  final synchronized int offerOnce(List<P> passages, Duration patience) {
    if (!running) {
      throw new IllegalStateException(rules.things() + " are offered to a running driver only");
    }
    if (passages.size() > freeTags.size()) {
      throw new IllegalArgumentException(
          "a batch of %d needs as many free tags; queue %d has %d"
              .formatted(passages.size(), queue, freeTags.size()));
    }
    Offer<P> offer = prepare(passages, true);
    single = offer;
    notifyAll();
    if (!waitUntil(() -> offer.accepted >= 0, patience)) {
      throw new HarnessError(
          "%s on queue %d has not returned after %d s"
              .formatted(rules.call(), queue, patience.toSeconds()));
    }
    return offer.accepted;
  }

  /**
   * Waits until everything that was to be offered has been accepted, or the driver takes no more.
   *
   * @param limit how long, in real time
   */
  final synchronized void awaitOffered(Duration limit) {
    waitUntil(() -> !calling && (refused || waiting.isEmpty() || freeTags.isEmpty()), limit);
  }

  /** What the driver has accepted and not given back. */
  final synchronized List<P> inFlight() {
    List<P> found = new ArrayList<>();
    for (P passage : latest) {
      if (passage != null && table.find(passage.tag()) != null) {
        found.add(passage);
      }
    }
    return found;
  }

  /** The driver can take more. Called by the driver, on any thread. */
  final synchronized void ready() {
    events++;
    refused = false;
    cancelRefusal();
    notifyAll();
  }

  /** The body of the thread that calls the driver. */
  final void serve() {
    for (Offer<P> offer = next(); offer != null; offer = next()) {
      deliver(offer);
    }
  }

  private synchronized @Nullable Offer<P> next() {
    boolean found = waitUntil(() -> single != null || mayOffer(), Duration.ofDays(1));
    if (stopped || !found) {
      return null;
    }
    calling = true;
    Offer<P> offer = single;
    if (offer != null) {
      single = null;
      return offer;
    }
    List<P> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < freeTags.size()) {
      batch.add(waiting.remove());
    }
    return prepare(batch, false);
  }

  private boolean mayOffer() {
    return running && !refused && !waiting.isEmpty() && !freeTags.isEmpty();
  }

  private Offer<P> prepare(List<P> passages, boolean once) {
    int[] tags = new int[passages.size()];
    for (int i = 0; i < tags.length; i++) {
      P passage = passages.get(i);
      int tag = freeTags.remove();
      tags[i] = tag;
      latest.set(tag, passage);
      passage.offeredAs(
          tag, hasDeadline() ? clock.schedule(deadline, () -> expire(passage)) : null);
      table.put(tag, lend(passage));
    }
    return new Offer<>(passages, new CheckedBatch(tags, rules, faults), once);
  }

  /** Calls the driver, outside the lock. */
  private void deliver(Offer<P> offer) {
    offer.passages.forEach(this::offering);
    long eventsBefore;
    synchronized (this) {
      eventsBefore = events;
    }
    HostClock.Timer limit = clock.schedule(callLimit, this::reportBlockedCall);
    int accepted = 0;
    boolean threw = false;
    try {
      accepted = call(offer.batch);
    } catch (Throwable e) {
      threw = true;
      faults.reportThrown(
          DriverClauses.NEVER_THROWS, "%s on queue %d threw".formatted(rules.call(), queue), e);
    } finally {
      limit.cancel();
      offer.batch.end();
    }
    settle(offer, accepted, threw, eventsBefore);
  }

  private void reportBlockedCall() {
    faults.report(
        rules.doesNotBlock(),
        Fault.Kind.HUNG,
        "%s on queue %d has not returned within %d ms"
            .formatted(rules.call(), queue, callLimit.toMillis()));
  }

  private synchronized void settle(Offer<P> offer, int answer, boolean threw, long eventsBefore) {
    int accepted = Math.clamp(answer, 0, offer.passages.size());
    if (answer != accepted) {
      faults.report(
          rules.prefix(),
          Fault.Kind.BAD_ANSWER,
          "%s answered %d to a batch of %d".formatted(rules.call(), answer, offer.passages.size()));
    }
    List<P> rest = takeBackRest(offer, accepted, threw);
    if (threw) {
      giveUp(rest, rules.call() + " threw");
    } else if (offer.once) {
      giveUp(rest, "the driver did not accept it");
    } else {
      offerAgain(rest, eventsBefore);
    }
    offer.accepted = accepted;
    calling = false;
    notifyAll();
  }

  /** Marks what was accepted, and takes back what was not and is not completed either. */
  private List<P> takeBackRest(Offer<P> offer, int accepted, boolean threw) {
    List<P> rest = new ArrayList<>();
    for (int i = 0; i < offer.passages.size(); i++) {
      P passage = offer.passages.get(i);
      boolean completed = passage.stage() == Passage.Stage.COMPLETED;
      if (i < accepted && !completed) {
        passage.accepted();
      } else if (i >= accepted && !completed) {
        takeBack(passage);
        rest.add(passage);
      } else if (i >= accepted && !threw) {
        faults.report(
            rules.nothingUnknown(),
            Fault.Kind.COMPLETED_UNKNOWN,
            passage,
            "completed %s, but accepted only %d of %d"
                .formatted(passage.what(), accepted, offer.passages.size()));
      }
    }
    return rest;
  }

  /** Lets the rest wait for the next completion or for queueReady, unless one came meanwhile. */
  private void offerAgain(List<P> rest, long eventsBefore) {
    rest.reversed().forEach(waiting::addFirst);
    refused = !rest.isEmpty() && events == eventsBefore;
    if (refused && inFlight().isEmpty()) {
      refusal = clock.schedule(deadline, this::reportSilentRefusal);
    }
  }

  private void giveUp(List<P> rest, String why) {
    rest.forEach(Passage::withdrawn);
    rest.forEach(passage -> passage.fail(why + ": " + passage));
  }

  private void takeBack(P passage) {
    L row = table.find(passage.tag());
    table.clear(passage.tag());
    freeTags.add(passage.tag());
    passage.backToWaiting();
    notAccepted(passage);
    if (row != null) {
      memory.takeBack(row);
    }
  }

  private synchronized void reportSilentRefusal() {
    faults.report(
        rules.queueReady(),
        Fault.Kind.HUNG,
        "refused %s on queue %d while it had none in flight, and did not call queueReady"
            .formatted(rules.things(), queue));
    failWaiting(
        "the driver refuses %s on queue %d and does not call queueReady"
            .formatted(rules.things(), queue));
  }

  private void expire(P passage) {
    synchronized (this) {
      if (passage.stage() == Passage.Stage.COMPLETED) {
        return;
      }
      String why =
          "did not complete %s within %d ms, submitted at %s"
              .formatted(passage.what(), deadline.toMillis(), passage.origin());
      faults.report(rules.exactlyOnce(), Fault.Kind.HUNG, passage, why);
      passage.fail("the driver " + why);
      failWaiting("queue " + queue + " is stuck: the driver " + why);
    }
  }

  private void failWaiting(String why) {
    List<P> all = List.copyOf(waiting);
    waiting.clear();
    giveUp(all, why);
  }

  /** What the driver gives back, or null after a report that it had nothing such. */
  final @Nullable L find(int tag, String how) {
    L row = table.find(tag);
    if (row != null) {
      return row;
    }
    P last = tag >= 0 && tag < latest.size() ? latest.get(tag) : null;
    if (last != null && last.stage() == Passage.Stage.COMPLETED) {
      faults.report(
          rules.exactlyOnce(),
          Fault.Kind.COMPLETED_TWICE,
          last,
          "completed %s a second time, %s".formatted(last.what(), how));
    } else {
      faults.report(
          rules.nothingUnknown(),
          Fault.Kind.COMPLETED_UNKNOWN,
          "completed tag %d on queue %d %s, which is not in flight".formatted(tag, queue, how));
    }
    return null;
  }

  /** Ends the driver's right to something that it gave back. Called under the lock. */
  final void retire(L row) {
    int tag = row.owner().tag();
    table.clear(tag);
    freeTags.add(tag);
    memory.takeBack(row);
    ready();
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

  /** One call of the driver. */
  private static final class Offer<P> {
    final List<P> passages;
    final CheckedBatch batch;
    final boolean once;
    int accepted = -1;

    Offer(List<P> passages, CheckedBatch batch, boolean once) {
      this.passages = passages;
      this.batch = batch;
      this.once = once;
    }
  }
}
