package org.tenon.kit.testing;

import java.time.Duration;
import org.tenon.api.Stability;
import org.tenon.api.Status;

/** A request on its way through a block driver. Safe for any thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Submission extends Passage<BlockResult> {
  private static final byte[] NOTHING = new byte[0];

  private final BlockRequest request;

  Submission(int queue, long number, BlockRequest request, String origin, Duration patience) {
    super(queue, number, origin, patience);
    this.request = request;
  }

  /** What was asked. */
  public BlockRequest request() {
    return request;
  }

  @Override
  String what() {
    return request.toString();
  }

  @Override
  void abort() {
    settle(new BlockResult(Status.ABORTED, 0, NOTHING));
  }

  @Override
  public String toString() {
    return "request %d (%s) on %s, submitted at %s".formatted(number(), request, place(), origin());
  }
}
