package org.tenon.kit.testing;

import org.tenon.api.Stability;

/**
 * What becomes of a request's memory when the request completes, so that a driver that still uses
 * it is found out.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public enum LentMemory {
  /**
   * It is taken back: whoever touches it meets an {@link IllegalStateException}. Finds reads and
   * writes.
   */
  REVOKED,
  /**
   * It is filled with {@link BlockHarness#POISON} and looked at again later. Finds writes, and
   * shows late reads as poison in the data; the driver itself meets no exception that it could
   * swallow.
   */
  POISONED
}
