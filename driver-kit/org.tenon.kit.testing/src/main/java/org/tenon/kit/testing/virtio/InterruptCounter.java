package org.tenon.kit.testing.virtio;

import java.util.concurrent.TimeUnit;

/** Counts interrupts and lets a thread sleep until the next. */
final class InterruptCounter implements VirtioTransport.Interrupts {
  private final long[] queues;
  private long configurations;
  private long total;

  InterruptCounter(int queueCount) {
    queues = new long[queueCount];
  }

  @Override
  public synchronized void queue(int queue) {
    queues[queue]++;
    total++;
    notifyAll();
  }

  @Override
  public synchronized void configuration() {
    configurations++;
    total++;
    notifyAll();
  }

  synchronized long count(int queue) {
    return queues[queue];
  }

  synchronized long configurations() {
    return configurations;
  }

  synchronized long total() {
    return total;
  }

  /**
   * Sleeps until there were more than {@code seen} interrupts; false if {@code end}, in nanoTime,
   * comes first.
   */
  synchronized boolean awaitBeyond(long seen, long end) {
    try {
      while (total <= seen) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
