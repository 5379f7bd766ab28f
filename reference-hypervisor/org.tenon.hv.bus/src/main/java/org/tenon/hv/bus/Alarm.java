package org.tenon.hv.bus;

/** One entry in the machine's event queue. It rings once; whoever wants it again sets it again. */
public interface Alarm {
  /** The value of {@link #deadline()} while the alarm is not set. */
  long NEVER = Long.MAX_VALUE;

  /**
   * Rings when the clock reaches {@code deadline} nanoseconds (at once when that has passed);
   * replaces an earlier deadline.
   */
  void set(long deadline);

  /** Unsets it; harmless when not set. */
  void cancel();

  /** When it will ring, or {@link #NEVER}. */
  long deadline();
}
