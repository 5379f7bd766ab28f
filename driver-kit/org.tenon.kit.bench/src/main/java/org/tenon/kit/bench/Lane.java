package org.tenon.kit.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Keeps one queue of a disk full, and counts what comes back, on a thread of its own. Allocates
 * nothing once it runs.
 */
final class Lane {
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);
  private static final long NAP = TimeUnit.MILLISECONDS.toNanos(10);

  private final BlockPath.Queue queue;
  private final Stretch stretch;
  private final SplittableRandom random;
  private final int readPercent;
  private final Phase phase;
  private final long hangNanos;
  private final boolean[] isRead;
  private final int[] freeTags;
  private final Histogram reads = new Histogram(LONGEST, 3);
  private final Histogram writes = new Histogram(LONGEST, 3);

  private int free;
  private long lastProgress;
  private long errors;

  Lane(
      BlockPath.Queue queue,
      int depth,
      Stretch stretch,
      BenchPlan plan,
      Phase phase,
      long hangNanos,
      SplittableRandom random) {
    this.queue = queue;
    this.stretch = stretch;
    this.random = random;
    this.readPercent = plan.readPercent();
    this.phase = phase;
    this.hangNanos = hangNanos;
    this.isRead = new boolean[depth];
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
      boolean took = takeEnded();
      boolean filled = fill();
      queue.send();
      if (!took && !filled) {
        await();
      }
    }
    for (takeEnded(); inFlight() > 0; takeEnded()) {
      queue.send();
      await();
    }
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

  private int inFlight() {
    return freeTags.length - free;
  }

  private boolean fill() {
    if (free == 0) {
      return false;
    }
    if (inFlight() == 0) {
      lastProgress = System.nanoTime();
    }
    while (free > 0) {
      int tag = freeTags[--free];
      isRead[tag] = readPercent == 100 || random.nextInt(100) < readPercent;
      queue.put(tag, isRead[tag], stretch.nextBlock());
    }
    return true;
  }

  private boolean takeEnded() {
    boolean any = false;
    for (int tag = queue.poll(); tag >= 0; tag = queue.poll()) {
      any = true;
      lastProgress = queue.ended(tag);
      if (phase.counts(lastProgress)) {
        count(tag);
      }
      freeTags[free++] = tag;
    }
    return any;
  }

  private void count(int tag) {
    if (!queue.isOk(tag)) {
      errors++;
      return;
    }
    Histogram histogram = isRead[tag] ? reads : writes;
    histogram.recordValue(Math.clamp(queue.ended(tag) - queue.sent(tag), 0, LONGEST));
  }

  private void await() throws BenchException {
    queue.await(NAP);
    if (System.nanoTime() - lastProgress > hangNanos) {
      throw new BenchException(
          "the driver has completed nothing for %d ms, with %d requests in flight"
              .formatted(TimeUnit.NANOSECONDS.toMillis(hangNanos), inFlight()));
    }
  }
}
