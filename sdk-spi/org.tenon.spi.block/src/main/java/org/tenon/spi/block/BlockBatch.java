package org.tenon.spi.block;

import org.tenon.api.Stability;

/**
 * The tags that one call of {@link BlockQueue#submit} offers. The host implements and reuses it.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface BlockBatch {
  /** How many, at least 1. */
  int size();

  /**
   * A tag: 0 to {@link BlockAgreement#queueDepth()} − 1, and not in flight on this queue.
   *
   * @param index 0 to {@link #size()} − 1
   */
  int tag(int index);
}
