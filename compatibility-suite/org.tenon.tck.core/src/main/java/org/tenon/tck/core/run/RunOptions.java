package org.tenon.tck.core.run;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.verdict.Waivers;

/**
 * What a run is asked to do.
 *
 * @param level up to which tests run
 * @param seed where its random choices come from
 * @param tests the names of the only tests to run; empty for all
 * @param keepsDataOnly whether only tests run that leave the storage as it is
 * @param waivers what is excused
 */
public record RunOptions(
    Level level, Seed seed, SortedSet<String> tests, boolean keepsDataOnly, Waivers waivers) {
  /** Copies the set. */
  public RunOptions {
    tests = Collections.unmodifiableSortedSet(new TreeSet<>(tests));
  }

  /** All tests up to a level, nothing excused. */
  public static RunOptions of(Level level, Seed seed) {
    return new RunOptions(level, seed, new TreeSet<>(), false, Waivers.none());
  }

  /** The same for these tests only. */
  public RunOptions withTests(SortedSet<String> only) {
    return new RunOptions(level, seed, only, keepsDataOnly, waivers);
  }

  /** The same for the tests only that leave the storage as it is. */
  public RunOptions keepingData() {
    return new RunOptions(level, seed, tests, true, waivers);
  }

  /** The same with these clauses excused. */
  public RunOptions withWaivers(Waivers excused) {
    return new RunOptions(level, seed, tests, keepsDataOnly, excused);
  }

  /** Whether a test is to run. */
  public boolean selects(TestCase test) {
    return level.includes(test.level())
        && (tests.isEmpty() || tests.contains(test.name()))
        && (!keepsDataOnly || test.keepsData());
  }

  /** Whether every test up to the level runs, as a certification needs it. */
  public boolean isWhole() {
    return tests.isEmpty() && !keepsDataOnly;
  }
}
