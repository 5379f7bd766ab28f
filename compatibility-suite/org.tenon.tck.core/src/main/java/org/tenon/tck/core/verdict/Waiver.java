package org.tenon.tck.core.verdict;

import java.time.LocalDate;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;

/**
 * A decision that a driver may break a clause for a while. Printed on every report it touches.
 *
 * @param clause which clause
 * @param driver which driver
 * @param owner who answers for it
 * @param reason why it was granted, in one line
 * @param expires the last day on which it holds
 */
public record Waiver(
    ClauseId clause, Identifier driver, String owner, String reason, LocalDate expires) {
  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException if owner or reason is blank
   */
  public Waiver {
    if (owner.isBlank() || reason.isBlank()) {
      throw new IllegalArgumentException(
          "the waiver of " + clause + " for " + driver + " needs an owner and a reason");
    }
  }

  /** Whether it still holds on that day. */
  public boolean holdsOn(LocalDate day) {
    return !day.isAfter(expires);
  }
}
