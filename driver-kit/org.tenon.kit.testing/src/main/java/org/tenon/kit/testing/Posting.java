package org.tenon.kit.testing;

import java.time.Duration;
import org.tenon.api.Stability;

/**
 * A buffer that a NIC driver has; ends with the number of bytes that a frame wrote, 0 where it came
 * back without one. Safe for any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Posting extends Passage<Integer> {
  private final NicBuffer buffer;
  private final boolean lasting;

  Posting(
      int pair, long number, NicBuffer buffer, boolean lasting, String origin, Duration patience) {
    super(pair, number, origin, patience);
    this.buffer = buffer;
    this.lasting = lasting;
  }

  /** What was posted. */
  public NicBuffer buffer() {
    return buffer;
  }

  /** Whether the harness posts another in its place. */
  boolean isLasting() {
    return lasting;
  }

  @Override
  String what() {
    return "buffer of %d bytes".formatted(buffer.bytes());
  }

  @Override
  void abort() {
    settle(0);
  }

  @Override
  public String toString() {
    return "posting %d (%s) on %s, from %s".formatted(number(), what(), place(), origin());
  }
}
