package org.tenon.tck.core.verdict;

import java.util.List;
import java.util.Optional;
import org.tenon.tck.core.Level;

/**
 * What the run says of its subject.
 *
 * @param requested the level asked for
 * @param levels from L0 up, all of them
 * @param clauses by number, all of the profile
 */
public record Verdict(Level requested, List<LevelVerdict> levels, List<ClauseVerdict> clauses) {
  /** Copies the lists. */
  public Verdict {
    levels = List.copyOf(levels);
    clauses = List.copyOf(clauses);
  }

  /** The highest level reached, if any is. */
  public Optional<Level> reached() {
    return levels.stream()
        .filter(LevelVerdict::reached)
        .map(LevelVerdict::level)
        .max(Level::compareTo);
  }

  /** Whether the level asked for was reached. */
  public boolean passed() {
    return reached().filter(level -> level.includes(requested)).isPresent();
  }

  /** How many clauses have that status. */
  public long count(ClauseStatus status) {
    return clauses.stream().filter(clause -> clause.status() == status).count();
  }
}
