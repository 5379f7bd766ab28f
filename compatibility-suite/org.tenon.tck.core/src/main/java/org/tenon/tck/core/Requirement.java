package org.tenon.tck.core;

import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.api.Version;

/**
 * One clause of the specification.
 *
 * @param id its number; never reused
 * @param obligation how binding it is
 * @param since the SPI version that brought it
 * @param verifiedAt the level whose tests cover it
 * @param source where the promise is made: an SPI type, or an outside specification with its
 *     section
 * @param text what is required, in one sentence
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Requirement(
    ClauseId id,
    Obligation obligation,
    Version since,
    Level verifiedAt,
    String source,
    String text) {
  /** How binding a clause is, in the sense of RFC 2119. */
  public enum Obligation {
    /** Decides the verdict. */
    MUST,
    /** Is reported, and decides nothing. */
    SHOULD
  }

  /** Whether it decides the verdict. */
  public boolean isMust() {
    return obligation == Obligation.MUST;
  }
}
