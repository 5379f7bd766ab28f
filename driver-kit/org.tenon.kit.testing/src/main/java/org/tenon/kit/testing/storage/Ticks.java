package org.tenon.kit.testing.storage;

import java.util.concurrent.atomic.AtomicLong;
import org.tenon.api.Stability;

/**
 * The one order in which a test sees what happens above a driver and below it. No two events have
 * the same tick. Safe for use by any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Ticks {
  /** The tick of what has not happened. */
  public static final long NEVER = Long.MAX_VALUE;

  private final AtomicLong last = new AtomicLong();

  /** A new order, from tick 1. */
  public Ticks() {}

  /** The tick of an event that happens now. */
  public long next() {
    return last.incrementAndGet();
  }

  /** The latest tick given. */
  public long last() {
    return last.get();
  }
}
