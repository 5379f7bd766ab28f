package org.tenon.kit.testing;

import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.spi.LifeCycle;

/**
 * Sees what passes between host and driver, as it passes; for logs that must share one order with
 * other logs. Called on whichever thread acts; must be safe for several, must not block, and must
 * not call the harness.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface BlockObserver {
  /** Sees nothing. */
  BlockObserver NONE = new BlockObserver() {};

  /**
   * A request is about to be offered to the driver; it may be offered again if the driver does not
   * accept it.
   */
  default void submitting(Submission submission) {}

  /** The driver has completed a request, for the first time, and nobody has learnt of it yet. */
  default void completed(Submission submission, BlockResult result) {}

  /** The driver is now in that state. */
  default void entered(LifeCycle.State state) {}

  /** The driver broke a clause. */
  default void faultFound(Fault fault) {}
}
