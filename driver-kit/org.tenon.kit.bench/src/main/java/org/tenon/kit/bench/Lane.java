package org.tenon.kit.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/**
 * Keeps one queue of the driver full, and counts what comes back. Runs on a thread of its own; only
 * {@link #complete} and {@link #ready} are called by others. Allocates nothing once it runs.
 */
final class Lane implements BlockBatch {
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);
  private static final long NAP = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int IDLE = 0;
  private static final int WITH_DRIVER = 1;

  private final LaneRequests requests;
  private final BlockQueue queue;
  private final Stretch stretch;
  private final SplittableRandom random;
  private final int readPercent;
  private final Phase phase;
  private final long hangNanos;
  private final Completions completions;
  private final AtomicIntegerArray states;
  private final AtomicLong strays = new AtomicLong();
  private final long[] started;
  private final long[] ended;
  private final int[] statuses;
  private final int[] freeTags;
  private final int[] offeredTags;
  private final Histogram reads = new Histogram(LONGEST, 3);
  private final Histogram writes = new Histogram(LONGEST, 3);

  private int free;
  private int offered;
  private int withDriver;
  private boolean refused;
  private long pokesBefore;
  private long lastProgress;
  private long errors;

  Lane(
      BlockQueue queue,
      LaneRequests requests,
      Stretch stretch,
      BenchPlan plan,
      Phase phase,
      long hangNanos,
      SplittableRandom random) {
    int depth = requests.depth();
    this.queue = queue;
    this.requests = requests;
    this.stretch = stretch;
    this.random = random;
    this.readPercent = plan.readPercent();
    this.phase = phase;
    this.hangNanos = hangNanos;
    this.completions = new Completions(depth);
    this.states = new AtomicIntegerArray(depth);
    this.started = new long[depth];
    this.ended = new long[depth];
    this.statuses = new int[depth];
    this.offeredTags = new int[depth];
    this.freeTags = new int[depth];
    for (int tag = 0; tag < depth; tag++) {
      freeTags[tag] = tag;
    }
    this.free = depth;
  }

  /**
   * Loads the queue until the phase is over, and then until nothing is in flight.
   *
   * @throws BenchException if the driver hangs or breaks the rules of {@code submit}
   */
  void run() throws BenchException {
    lastProgress = System.nanoTime();
    while (!phase.isOver()) {
      takeCompleted();
      prepare();
      if (offered > 0 && !refused) {
        offer();
      } else {
        await();
      }
    }
    for (takeCompleted(); withDriver > 0; takeCompleted()) {
      await();
    }
    if (strays.get() > 0) {
      throw new BenchException(
          "the driver completed %d requests that were not in flight".formatted(strays.get()));
    }
  }

  /** Called by the driver, on any thread. */
  void complete(int tag, int status) {
    if (tag < 0 || tag >= statuses.length || !states.compareAndSet(tag, WITH_DRIVER, IDLE)) {
      strays.incrementAndGet();
      return;
    }
    ended[tag] = System.nanoTime();
    statuses[tag] = status;
    completions.put(tag);
  }

  /** Called by the driver, on any thread. */
  void ready() {
    completions.poke();
  }

  Histogram reads() {
    return reads;
  }

  Histogram writes() {
    return writes;
  }

  long errors() {
    return errors;
  }

  @Override
  public int size() {
    return offered;
  }

  @Override
  public int tag(int index) {
    return offeredTags[index];
  }

  private void prepare() {
    while (free > 0) {
      int tag = freeTags[--free];
      boolean read = readPercent == 100 || random.nextInt(100) < readPercent;
      requests.set(tag, read ? BlockOperation.READ : BlockOperation.WRITE, stretch.nextBlock());
      offeredTags[offered++] = tag;
    }
  }

  private void offer() throws BenchException {
    long now = System.nanoTime();
    for (int i = 0; i < offered; i++) {
      started[offeredTags[i]] = now;
      states.set(offeredTags[i], WITH_DRIVER);
    }
    if (withDriver == 0) {
      lastProgress = now;
    }
    pokesBefore = completions.pokes();
    int accepted = queue.submit(this);
    if (accepted < 0 || accepted > offered) {
      throw new BenchException("submit answered %d to a batch of %d".formatted(accepted, offered));
    }
    offered -= accepted;
    withDriver += accepted;
    for (int i = 0; i < offered; i++) {
      offeredTags[i] = offeredTags[accepted + i];
      states.set(offeredTags[i], IDLE);
    }
    refused = offered > 0;
  }

  private void takeCompleted() {
    for (int tag = completions.poll(); tag >= 0; tag = completions.poll()) {
      withDriver--;
      refused = false;
      lastProgress = ended[tag];
      if (phase.counts(ended[tag])) {
        count(tag);
      }
      freeTags[free++] = tag;
    }
    if (completions.pokes() != pokesBefore) {
      refused = false;
    }
  }

  private void count(int tag) {
    if (statuses[tag] != Status.OK) {
      errors++;
      return;
    }
    Histogram histogram = requests.operation(tag) == BlockOperation.READ ? reads : writes;
    histogram.recordValue(Math.clamp(ended[tag] - started[tag], 0, LONGEST));
  }

  private void await() throws BenchException {
    completions.await(pokesBefore, NAP);
    if (System.nanoTime() - lastProgress > hangNanos) {
      throw new BenchException(
          "the driver has completed nothing for %d ms, with %d requests in flight"
              .formatted(TimeUnit.NANOSECONDS.toMillis(hangNanos), withDriver));
    }
  }
}
