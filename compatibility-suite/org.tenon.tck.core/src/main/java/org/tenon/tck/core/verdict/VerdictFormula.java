package org.tenon.tck.core.verdict;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;

/**
 * The formula of docs/reference/verdict.md. Pure: the same results, waivers and day give the same
 * verdict.
 *
 * <p>A clause is judged <em>at a level</em>, by the tests up to that level, so that a higher level
 * never takes back a lower one that a shorter run would have granted.
 */
public final class VerdictFormula {
  private final Requirements requirements;
  private final List<TestCase> suite;
  private final Map<TestCase, TestResult> results;
  private final Set<Tier> tiers;
  private final Function<ClauseId, Optional<Waiver>> waivers;

  /**
   * Takes what the formula needs.
   *
   * @param requirements the clauses of the profile
   * @param suite every test of the profile, run or not
   * @param results of those that were run
   * @param tiers that were asked for
   * @param waivers what is excused
   * @param driver whose run it was
   * @param day on which waivers must hold
   */
  public VerdictFormula(
      Requirements requirements,
      List<TestCase> suite,
      List<TestResult> results,
      Set<Tier> tiers,
      Waivers waivers,
      Identifier driver,
      LocalDate day) {
    this.requirements = requirements;
    this.suite = List.copyOf(suite);
    this.results =
        results.stream().collect(Collectors.toMap(TestResult::test, Function.identity()));
    this.tiers = Set.copyOf(tiers);
    this.waivers = clause -> waivers.find(clause, driver, day);
  }

  /** Judges up to a level. */
  public Verdict judge(Level requested) {
    List<LevelVerdict> levels =
        Arrays.stream(Level.values())
            .map(level -> judgeLevel(level, requested.includes(level)))
            .toList();
    List<ClauseVerdict> clauses =
        requirements.all().stream()
            .map(requirement -> judgeClause(requirement, requested))
            .toList();
    return new Verdict(requested, levels, clauses);
  }

  private LevelVerdict judgeLevel(Level level, boolean requested) {
    List<ClauseVerdict> musts =
        requirements.all().stream()
            .filter(requirement -> requirement.isMust() && level.includes(requirement.verifiedAt()))
            .map(requirement -> judgeClause(requirement, level))
            .filter(clause -> clause.status() != ClauseStatus.NOT_REQUESTED)
            .toList();
    List<ClauseId> blockers =
        musts.stream()
            .filter(ClauseVerdict::blocks)
            .map(clause -> clause.requirement().id())
            .toList();
    List<ClauseVerdict> own =
        musts.stream().filter(clause -> clause.requirement().verifiedAt() == level).toList();
    long satisfied = own.stream().filter(clause -> clause.status().satisfies()).count();
    boolean reached = requested && tiers.containsAll(Tier.BASE) && blockers.isEmpty();
    return new LevelVerdict(level, requested, reached, own.size(), (int) satisfied, blockers);
  }

  private ClauseVerdict judgeClause(Requirement requirement, Level level) {
    ClauseId id = requirement.id();
    List<TestCase> covering =
        suite.stream()
            .filter(test -> test.clauses().contains(id) && level.includes(test.level()))
            .toList();
    List<TestCase> tests = covering.stream().filter(test -> tiers.contains(test.tier())).toList();
    if (!level.includes(requirement.verifiedAt())) {
      return verdict(
          requirement, ClauseStatus.NOT_REQUESTED, "belongs to " + requirement.verifiedAt(), tests);
    }
    if (tests.isEmpty() && !covering.isEmpty()) {
      String elsewhere =
          joined(
              covering.stream().map(test -> "belongs to the tier " + test.tier().title()).toList());
      return verdict(requirement, ClauseStatus.NOT_REQUESTED, elsewhere, tests);
    }
    ClauseVerdict bare = withoutWaiver(requirement, tests, level);
    Optional<Waiver> waiver = bare.status().satisfies() ? Optional.empty() : waivers.apply(id);
    return waiver
        .map(w -> new ClauseVerdict(requirement, ClauseStatus.WAIVED, bare.reason(), tests, waiver))
        .orElse(bare);
  }

  private ClauseVerdict withoutWaiver(Requirement requirement, List<TestCase> tests, Level level) {
    List<String> broken = new ArrayList<>();
    for (TestResult result : results.values()) {
      boolean names = result.failures().stream().anyMatch(f -> f.clause().equals(requirement.id()));
      if (names && level.includes(result.test().level())) {
        broken.add(result.test().name());
      }
    }
    if (!broken.isEmpty()) {
      return verdict(requirement, ClauseStatus.FAILED, "broken in " + joined(broken), tests);
    }
    List<String> open = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    boolean proven = false;
    for (TestCase test : tests) {
      TestResult result = results.get(test);
      switch (result == null ? new Outcome.NotRun("not selected") : result.outcome()) {
        case Outcome.Passed passed -> proven = true;
        case Outcome.NotApplicable notApplicable -> reasons.add(notApplicable.reason());
        case Outcome.Failed failed -> open.add(test.name() + " failed on another clause");
        case Outcome.NotRun notRun -> open.add(test.name() + " was not run: " + notRun.reason());
      }
    }
    if (!open.isEmpty()) {
      return verdict(requirement, ClauseStatus.UNPROVEN, joined(open), tests);
    }
    if (proven) {
      return verdict(requirement, ClauseStatus.PASSED, "", tests);
    }
    return reasons.isEmpty()
        ? verdict(requirement, ClauseStatus.UNPROVEN, "no test covers it", tests)
        : verdict(requirement, ClauseStatus.NOT_APPLICABLE, joined(reasons), tests);
  }

  private static ClauseVerdict verdict(
      Requirement requirement, ClauseStatus status, String reason, List<TestCase> tests) {
    return new ClauseVerdict(requirement, status, reason, tests, Optional.empty());
  }

  private static String joined(List<String> parts) {
    return parts.stream().distinct().sorted().collect(Collectors.joining("; "));
  }
}
