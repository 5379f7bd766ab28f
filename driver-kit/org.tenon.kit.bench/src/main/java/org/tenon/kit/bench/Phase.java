package org.tenon.kit.bench;

/**
 * What counts: set by the measuring thread, read by all lanes. Times are those of {@link
 * System#nanoTime()}.
 */
final class Phase {
  private volatile boolean measuring;
  private volatile boolean over;
  private volatile long from;
  private volatile long to;

  void beginMeasuring(long now) {
    from = now;
    measuring = true;
  }

  void end(long now) {
    to = now;
    over = true;
  }

  boolean isOver() {
    return over;
  }

  /** Whether a request that completed at that time counts. */
  boolean counts(long completed) {
    return measuring && completed - from >= 0 && (!over || completed - to <= 0);
  }

  double seconds() {
    return (to - from) / 1e9;
  }
}
