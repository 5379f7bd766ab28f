package org.tenon.tck.core.verdict;

import java.util.List;
import org.tenon.api.ClauseId;
import org.tenon.tck.core.Level;

/**
 * What the run says of one level.
 *
 * @param level which one
 * @param requested whether it was asked for
 * @param reached whether all MUST clauses of it and of the levels below are satisfied
 * @param own how many MUST clauses are its own
 * @param satisfied how many of those are satisfied
 * @param blockers the MUST clauses of it and of the levels below that are not
 */
public record LevelVerdict(
    Level level,
    boolean requested,
    boolean reached,
    int own,
    int satisfied,
    List<ClauseId> blockers) {
  /** Copies the list. */
  public LevelVerdict {
    blockers = List.copyOf(blockers);
  }
}
