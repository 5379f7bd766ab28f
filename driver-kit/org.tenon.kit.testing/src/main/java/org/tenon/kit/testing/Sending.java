package org.tenon.kit.testing;

import java.time.Duration;
import org.tenon.api.Stability;
import org.tenon.api.Status;

/** A frame on its way out through a NIC driver; ends with a status. Safe for any thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Sending extends Passage<Integer> {
  private final NicFrame frame;

  Sending(int pair, long number, NicFrame frame, String origin, Duration patience) {
    super(pair, number, origin, patience);
    this.frame = frame;
  }

  /** What was sent. */
  public NicFrame frame() {
    return frame;
  }

  @Override
  String what() {
    return frame.toString();
  }

  @Override
  void abort() {
    settle(Status.ABORTED);
  }

  @Override
  public String toString() {
    return "sending %d (%s) on %s, from %s".formatted(number(), frame, place(), origin());
  }
}
