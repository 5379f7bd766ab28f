package org.tenon.hv.bus;

/**
 * Turns nanoseconds into the ticks of a counter with a fixed frequency and back, without rounding
 * drift or overflow.
 */
public record Ticks(long hertz) {
  private static final long SECOND = 1_000_000_000L;

  /** Checks the frequency. */
  public Ticks {
    if (hertz < 1 || hertz > SECOND * 8) {
      throw new IllegalArgumentException("a counter of " + hertz + " Hz");
    }
  }

  /** Whole ticks that have passed after {@code nanos}, rounded down. */
  public long at(long nanos) {
    return nanos / SECOND * hertz + nanos % SECOND * hertz / SECOND;
  }

  /** The first nanosecond at which {@code ticks} ticks have passed. */
  public long nanos(long ticks) {
    long rest = ticks % hertz;
    return ticks / hertz * SECOND + (rest * SECOND + hertz - 1) / hertz;
  }
}
