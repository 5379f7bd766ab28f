package org.tenon.tck.hypervisor;

import org.tenon.api.ClauseId;
import org.tenon.api.Stability;

/**
 * A line of the probe's report.
 *
 * @param clause what it is about
 * @param result what the probe saw
 * @param text which check, on which PCI function, with which value
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record Finding(ClauseId clause, Result result, String text) {
  /** What the probe saw. */
  public enum Result {
    /** The hardware is as the clause asks. */
    PASS,
    /** It is not. */
    FAIL,
    /** There is no such hardware. */
    ABSENT
  }
}
