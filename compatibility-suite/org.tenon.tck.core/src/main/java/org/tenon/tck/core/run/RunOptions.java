package org.tenon.tck.core.run;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.verdict.Waivers;

/**
 * What a run is asked to do.
 *
 * @param level up to which tests run
 * @param tiers the doors that are used
 * @param seed where its random choices come from
 * @param tests the names of the only tests to run; empty for all
 * @param keepsDataOnly whether only tests run that leave the storage as it is
 * @param waivers what is excused
 */
public record RunOptions(
    Level level,
    SortedSet<Tier> tiers,
    Seed seed,
    SortedSet<String> tests,
    boolean keepsDataOnly,
    Waivers waivers) {
  /** Copies the sets. */
  public RunOptions {
    tiers = Collections.unmodifiableSortedSet(new TreeSet<>(tiers));
    tests = Collections.unmodifiableSortedSet(new TreeSet<>(tests));
  }

  /** All tests up to a level in the tiers that a level is granted on, nothing excused. */
  public static RunOptions of(Level level, Seed seed) {
    return new RunOptions(level, Tier.BASE, seed, new TreeSet<>(), false, Waivers.none());
  }

  /** The same in these tiers. */
  public RunOptions withTiers(SortedSet<Tier> doors) {
    return new RunOptions(level, doors, seed, tests, keepsDataOnly, waivers);
  }

  /** The same for these tests only. */
  public RunOptions withTests(SortedSet<String> only) {
    return new RunOptions(level, tiers, seed, only, keepsDataOnly, waivers);
  }

  /** The same for the tests only that leave the storage as it is. */
  public RunOptions keepingData() {
    return new RunOptions(level, tiers, seed, tests, true, waivers);
  }

  /** The same with these clauses excused. */
  public RunOptions withWaivers(Waivers excused) {
    return new RunOptions(level, tiers, seed, tests, keepsDataOnly, excused);
  }

  /** Whether a test is to run. */
  public boolean selects(TestCase test) {
    return level.includes(test.level())
        && tiers.contains(test.tier())
        && (tests.isEmpty() || tests.contains(test.name()))
        && (!keepsDataOnly || test.keepsData());
  }

  /** Whether every test up to the level runs, as a certification needs it; more tiers may. */
  public boolean isWhole() {
    return tests.isEmpty() && !keepsDataOnly && tiers.containsAll(Tier.BASE);
  }
}
