package org.tenon.hv.vswitch;

import java.util.function.LongSupplier;

/**
 * How many frames a second one port may have sent to all the others: broadcast, multicast, and to
 * stations nobody knows. A second's worth may come at once. For one thread at a time.
 */
final class FloodLimit {
  private static final long SECOND = 1_000_000_000;

  private final LongSupplier nanoTime;
  private final long perSecond;
  private double left;
  private long last;

  /**
   * A limit.
   *
   * @param perSecond 0 for none
   */
  FloodLimit(LongSupplier nanoTime, int perSecond) {
    this.nanoTime = nanoTime;
    this.perSecond = perSecond;
    left = perSecond;
    last = nanoTime.getAsLong();
  }

  /** Whether one more may pass now. */
  boolean take() {
    if (perSecond == 0) {
      return true;
    }
    long now = nanoTime.getAsLong();
    left =
        Math.min(
            (double) perSecond,
            left + (double) (now - last) * (double) perSecond / (double) SECOND);
    last = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
