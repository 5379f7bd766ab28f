package org.tenon.spi.net;

import org.tenon.api.Stability;

/** The tags that one call of {@link NicQueuePair} offers. The host implements and reuses it. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicBatch {
  /** How many, at least 1. */
  int size();

  /**
   * A tag: 0 to {@link NicAgreement#queueDepth()} − 1, and not in flight on this queue in this
   * direction.
   *
   * @param index 0 to {@link #size()} − 1
   */
  int tag(int index);
}
