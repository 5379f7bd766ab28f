package org.tenon.tck.core.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tenon.api.Identifier;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.evidence.Evidence;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.core.verdict.Verdict;
import org.tenon.tck.core.verdict.Waiver;

/**
 * Everything that a run found.
 *
 * @param subject what was certified
 * @param profile which profile, for people
 * @param command how a user certifies it
 * @param facts what is known of the subject
 * @param environment where the run took place, and the digests of suite and specification
 * @param options what was asked for
 * @param tiers those of the tiers asked for in which the profile has tests
 * @param started when it began
 * @param took how long it ran
 * @param verdict what it says
 * @param results of each test that was run, by level, group and name
 * @param evidence what was measured and enumerated
 * @param expired waivers for this subject that no longer hold
 */
public record RunReport(
    Identifier subject,
    String profile,
    String command,
    SortedMap<String, String> facts,
    SortedMap<String, String> environment,
    RunOptions options,
    SortedSet<Tier> tiers,
    Instant started,
    Duration took,
    Verdict verdict,
    List<TestResult> results,
    Evidence evidence,
    List<Waiver> expired) {
  /** Copies the collections. */
  public RunReport {
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    tiers = Collections.unmodifiableSortedSet(new TreeSet<>(tiers));
    results = List.copyOf(results);
    expired = List.copyOf(expired);
  }

  /**
   * Whether the run found nothing against the subject: the level asked for was reached or, where
   * only some tests were selected, those were carried out and saw no MUST clause broken.
   */
  public boolean passed() {
    return options.isWhole()
        ? verdict.passed()
        : !results.isEmpty() && isCarriedOut() && !isMustBroken();
  }

  private boolean isCarriedOut() {
    return results.stream().noneMatch(result -> result.outcome() instanceof Outcome.NotRun);
  }

  private boolean isMustBroken() {
    return verdict.clauses().stream()
        .anyMatch(
            clause -> clause.requirement().isMust() && clause.status() == ClauseStatus.FAILED);
  }

  /** Every broken clause, in the order of the tests. */
  public List<Failure> failures() {
    return results.stream().flatMap(result -> result.failures().stream()).toList();
  }
}
