package org.tenon.kit.bench;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Brings completed tags from any thread to the queue's own, without a lock and without an
 * allocation. A tag is in here once at most, so that the ring, which has room for all, never
 * overflows.
 */
final class Completions {
  private static final int SPINS = 256;

  private final AtomicIntegerArray ring;
  private final int mask;
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong pokes = new AtomicLong();
  private long head;
  private volatile @Nullable Thread sleeper;

  Completions(int depth) {
    int size = Math.max(2, Integer.highestOneBit(2 * depth - 1));
    ring = new AtomicIntegerArray(size);
    mask = size - 1;
  }

  /** Called by any thread. */
  void put(int tag) {
    ring.setRelease((int) tail.getAndIncrement() & mask, tag + 1);
    wake();
  }

  /** Wakes the queue's thread although no tag is there. Called by any thread. */
  void poke() {
    pokes.getAndIncrement();
    wake();
  }

  /** How often it was poked. */
  long pokes() {
    return pokes.get();
  }

  /** The next tag; −1 if there is none. Called by the queue's thread. */
  int poll() {
    int slot = (int) head & mask;
    int found = ring.getAcquire(slot);
    if (found == 0) {
      return -1;
    }
    ring.setRelease(slot, 0);
    head++;
    return found - 1;
  }

  /**
   * Waits until a tag is there, there were more pokes than {@code seen}, or some time has passed.
   */
  void await(long seen, long nanos) {
    for (int i = 0; i < SPINS; i++) {
      if (isReady(seen)) {
        return;
      }
      Thread.onSpinWait();
    }
    sleeper = Thread.currentThread();
    if (!isReady(seen)) {
      LockSupport.parkNanos(nanos);
    }
    sleeper = null;
  }

  private boolean isReady(long seen) {
    return ring.get((int) head & mask) != 0 || pokes.get() != seen;
  }

  private void wake() {
    Thread waiting = sleeper;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }
}
