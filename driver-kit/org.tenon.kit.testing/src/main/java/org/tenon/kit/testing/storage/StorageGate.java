package org.tenon.kit.testing.storage;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.tenon.api.Stability;

/** Where accesses to a storage wait until a test lets them on. Safe for use by any thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class StorageGate {
  private final Duration patience;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Semaphore arrivals = new Semaphore(0);

  StorageGate(Duration patience) {
    this.patience = patience;
  }

  /** Lets everyone on, now and from now on. */
  public void open() {
    opened.countDown();
  }

  /**
   * Waits until {@code count} more accesses have come to the gate than were waited for before.
   *
   * @return false if they did not come within {@code timeout}
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public boolean awaitArrivals(int count, Duration timeout) throws InterruptedException {
    return arrivals.tryAcquire(count, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  void pass() throws InterruptedIOException {
    arrivals.release();
    try {
      var _ = opened.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the storage was stalled");
    }
  }
}
