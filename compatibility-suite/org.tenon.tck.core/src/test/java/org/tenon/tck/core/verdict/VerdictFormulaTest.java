package org.tenon.tck.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;

/**
 * The formula over the published clauses, with one test for each clause unless a case says
 * otherwise.
 */
class VerdictFormulaTest {
  private static final Requirements CLAUSES = Requirements.of("driver.yaml", "block.yaml");
  private static final Identifier DRIVER = new Identifier("block-x");
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
  private static final ClauseId READ_BACK = ClauseId.parse("BLK-016");
  private static final ClauseId ONCE = ClauseId.parse("BLK-028");
  private static final ClauseId RESET = ClauseId.parse("BLK-053");
  private static final ClauseId SHOULD = ClauseId.parse("BLK-076");

  private final List<TestCase> suite = new ArrayList<>();
  private final List<TestResult> results = new ArrayList<>();
  private Waivers waivers = Waivers.none();
  private SortedSet<Tier> tiers = Tier.BASE;

  VerdictFormulaTest() {
    for (Requirement clause : CLAUSES.all()) {
      passed(test("Of" + clause.id(), clause.verifiedAt(), Tier.CONTRACT, clause.id()));
    }
  }

  private TestCase test(String name, Level level, Tier tier, ClauseId... clauses) {
    TestCase test =
        new TestCase(name, "Group", level, tier, Arrays.asList(clauses), false, new TreeSet<>());
    suite.add(test);
    return test;
  }

  private void passed(TestCase test) {
    ended(test, new Outcome.Passed());
  }

  private void ended(TestCase test, Outcome outcome) {
    results.removeIf(result -> result.test().equals(test));
    results.add(new TestResult(test, outcome, Duration.ZERO));
  }

  private static Outcome broke(ClauseId... clauses) {
    return new Outcome.Failed(
        Stream.of(clauses)
            .map(id -> new Failure(id, "this", "that", new Seed(1), "again", ""))
            .toList());
  }

  private TestCase only(ClauseId clause) {
    return suite.stream()
        .filter(test -> test.name().equals("Of" + clause))
        .findFirst()
        .orElseThrow();
  }

  private Verdict judge(Level level) {
    return new VerdictFormula(CLAUSES, suite, results, tiers, waivers, DRIVER, TODAY).judge(level);
  }

  private static ClauseVerdict of(Verdict verdict, ClauseId clause) {
    return verdict.clauses().stream()
        .filter(c -> c.requirement().id().equals(clause))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everythingPassedReachesTheTop() {
    Verdict verdict = judge(Level.L3);
    assertThat(verdict.reached()).contains(Level.L3);
    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.clauses()).allMatch(clause -> clause.status() == ClauseStatus.PASSED);
  }

  @Test
  void shorterRunReachesNoMoreThanItAsked() {
    Verdict verdict = judge(Level.L1);
    assertThat(verdict.reached()).contains(Level.L1);
    assertThat(of(verdict, RESET).status()).isEqualTo(ClauseStatus.NOT_REQUESTED);
  }

  @Test
  void brokenClauseBlocksItsLevelAndThoseAbove() {
    ended(only(RESET), broke(RESET));
    Verdict verdict = judge(Level.L3);
    assertThat(verdict.reached()).contains(Level.L1);
    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.levels().getLast().blockers()).containsExactly(RESET);
  }

  @Test
  void higherLevelNeverTakesBackALowerOne() {
    ended(test("OnceDuringReset", Level.L2, Tier.CONTRACT, RESET, ONCE), broke(ONCE));
    assertThat(judge(Level.L1).reached()).contains(Level.L1);
    Verdict verdict = judge(Level.L3);
    assertThat(verdict.reached()).contains(Level.L1);
    assertThat(of(verdict, ONCE).status()).isEqualTo(ClauseStatus.FAILED);
  }

  @Test
  void everyTierThatAppliesMustPass() {
    ended(
        test("ThroughARing", Level.L1, Tier.VIRTUAL_HARDWARE, READ_BACK),
        new Outcome.NotRun("no hypervisor"));
    Verdict verdict = judge(Level.L1);
    assertThat(of(verdict, READ_BACK).status()).isEqualTo(ClauseStatus.UNPROVEN);
    assertThat(of(verdict, READ_BACK).reason()).contains("no hypervisor");
    assertThat(verdict.reached()).contains(Level.L0);
  }

  @Test
  void clauseOfATierThatWasNotAskedForIsNotInTheWay() {
    suite.remove(only(READ_BACK));
    TestCase guest = test("InLinux", Level.L1, Tier.GUEST, READ_BACK);
    Verdict verdict = judge(Level.L3);
    assertThat(of(verdict, READ_BACK).status()).isEqualTo(ClauseStatus.NOT_REQUESTED);
    assertThat(of(verdict, READ_BACK).reason()).isEqualTo("belongs to the tier guest");
    assertThat(verdict.reached()).contains(Level.L3);
    tiers = new TreeSet<>(EnumSet.allOf(Tier.class));
    assertThat(judge(Level.L3).reached()).as("asked for and not run").contains(Level.L0);
    passed(guest);
    assertThat(judge(Level.L3).reached()).contains(Level.L3);
    ended(guest, broke(READ_BACK));
    assertThat(judge(Level.L3).levels().get(1).blockers()).containsExactly(READ_BACK);
  }

  @Test
  void aTierAloneReachesNoLevel() {
    passed(test("InLinux", Level.L1, Tier.GUEST, READ_BACK));
    tiers = new TreeSet<>(EnumSet.of(Tier.GUEST));
    Verdict verdict = judge(Level.L3);
    assertThat(of(verdict, READ_BACK).status()).isEqualTo(ClauseStatus.PASSED);
    assertThat(of(verdict, ONCE).status()).isEqualTo(ClauseStatus.NOT_REQUESTED);
    assertThat(verdict.reached()).isEmpty();
  }

  @Test
  void testThatFailsOnOneClauseProvesNoOther() {
    ended(test("Both", Level.L1, Tier.CONTRACT, READ_BACK, ONCE), broke(ONCE));
    assertThat(of(judge(Level.L1), ONCE).status()).isEqualTo(ClauseStatus.FAILED);
    assertThat(of(judge(Level.L1), READ_BACK).status()).isEqualTo(ClauseStatus.UNPROVEN);
  }

  @Test
  void clauseBrokenInATestThatDoesNotCoverItFails() {
    ended(only(READ_BACK), broke(READ_BACK, ONCE));
    assertThat(of(judge(Level.L1), ONCE).status()).isEqualTo(ClauseStatus.FAILED);
  }

  @Test
  void notAskedForOnPurposeAppliesNot() {
    ended(only(READ_BACK), new Outcome.NotApplicable("discard was not agreed"));
    Verdict verdict = judge(Level.L1);
    assertThat(of(verdict, READ_BACK).status()).isEqualTo(ClauseStatus.NOT_APPLICABLE);
    assertThat(of(verdict, READ_BACK).reason()).isEqualTo("discard was not agreed");
    assertThat(verdict.passed()).isTrue();
  }

  @Test
  void clauseThatNoTestCoversIsUnproven() {
    TestCase gone = only(READ_BACK);
    suite.remove(gone);
    results.removeIf(result -> result.test().equals(gone));
    assertThat(of(judge(Level.L1), READ_BACK).reason()).isEqualTo("no test covers it");
    assertThat(judge(Level.L1).passed()).isFalse();
  }

  @Test
  void testThatWasNotSelectedProvesNothing() {
    results.removeIf(result -> result.test().equals(only(READ_BACK)));
    assertThat(of(judge(Level.L1), READ_BACK).reason()).contains("not selected");
    assertThat(judge(Level.L1).passed()).isFalse();
  }

  @Test
  void shouldDecidesNothing() {
    ended(only(SHOULD), broke(SHOULD));
    Verdict verdict = judge(Level.L3);
    assertThat(of(verdict, SHOULD).status()).isEqualTo(ClauseStatus.FAILED);
    assertThat(verdict.passed()).isTrue();
  }

  @Test
  void waiverExcusesItsDriverUntilItsLastDay() {
    ended(only(RESET), broke(RESET));
    waivers =
        new Waivers(List.of(new Waiver(RESET, DRIVER, "lab@example.com", "mended in 4.3", TODAY)));
    Verdict verdict = judge(Level.L3);
    assertThat(verdict.passed()).isTrue();
    assertThat(of(verdict, RESET).status()).isEqualTo(ClauseStatus.WAIVED);
    assertThat(of(verdict, RESET).waiver()).isPresent();

    waivers =
        new Waivers(
            List.of(new Waiver(RESET, DRIVER, "lab@example.com", "late", TODAY.minusDays(1))));
    assertThat(judge(Level.L3).passed()).isFalse();
    assertThat(waivers.expired(DRIVER, TODAY)).hasSize(1);

    waivers = new Waivers(List.of(new Waiver(RESET, new Identifier("other"), "x", "y", TODAY)));
    assertThat(judge(Level.L3).passed()).isFalse();
  }
}
