package org.tenon.tck.mutants;

import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.spi.DriverFactory;

/**
 * A driver that breaks its contract in one point.
 *
 * @param id what it is called
 * @param defect what it does wrong, in one line
 * @param clauses what that breaks: the suite must name at least one of them
 * @param factory makes the driver
 */
public record Mutant(Identifier id, String defect, Set<ClauseId> clauses, DriverFactory factory) {
  /**
   * Copies the set.
   *
   * @throws IllegalArgumentException if no clause is named
   */
  public Mutant {
    clauses = Collections.unmodifiableSet(new TreeSet<>(clauses));
    if (clauses.isEmpty()) {
      throw new IllegalArgumentException("the mutant " + id + " names no clause that it breaks");
    }
  }

  /** A mutant whose clauses are given as text. */
  public static Mutant of(String id, String defect, DriverFactory factory, String... clauses) {
    return new Mutant(
        new Identifier(id),
        defect,
        new TreeSet<>(Arrays.stream(clauses).map(ClauseId::parse).toList()),
        factory);
  }

  @Override
  public String toString() {
    return id + ": " + defect;
  }
}
