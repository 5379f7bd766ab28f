package org.tenon.tck.core.verdict;

import java.util.List;
import java.util.Optional;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.TestCase;

/**
 * What the run says of one clause.
 *
 * @param requirement the clause
 * @param status what is known
 * @param reason why, in one line; empty for a clause that passed
 * @param tests the tests that cover it, at the level asked for
 * @param waiver the waiver in force, where it is waived
 */
public record ClauseVerdict(
    Requirement requirement,
    ClauseStatus status,
    String reason,
    List<TestCase> tests,
    Optional<Waiver> waiver) {
  /** Copies the list. */
  public ClauseVerdict {
    tests = List.copyOf(tests);
  }

  /** Whether a level may not be reached because of it. */
  public boolean blocks() {
    return requirement.isMust() && !status.satisfies() && status != ClauseStatus.NOT_REQUESTED;
  }
}
