package org.tenon.tck.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.TestResult;

/**
 * The suite catches every broken driver by a clause that it breaks, and finds no fault in the
 * correct one.
 */
class MutationScoreTest {
  private static final System.Logger LOG = System.getLogger(MutationScoreTest.class.getName());
  private static final Seed SEED = new Seed(0x7e01_5eed);
  private static final Path PUBLISHED = Path.of("target", "mutation-score.json");

  @Test
  void everyMutantIsCaught() throws IOException {
    List<Mutant> mutants = Mutants.all();
    assertThat(mutants).hasSizeGreaterThanOrEqualTo(60);
    assertThat(mutants).extracting(Mutant::id).doesNotHaveDuplicates();
    MutationScore score =
        new MutationRun(SEED).run(mutants, result -> LOG.log(System.Logger.Level.INFO, result));
    score.writeTo(PUBLISHED);
    LOG.log(System.Logger.Level.INFO, score);
    assertThat(score.survivors()).as(score.toString()).isEmpty();
  }

  /**
   * No false alarm: what the mutants vary passes every test that applies to it, and proves what it
   * must.
   */
  @Test
  void theCorrectDriverPasses() {
    RunReport report = new MutationRun(SEED).runBase();
    assertThat(report.results()).hasSizeGreaterThan(60);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
    assertThat(report.verdict().count(ClauseStatus.PASSED)).isGreaterThan(60);
  }

  /** A mutant that is caught by a clause that it does not break is not caught. */
  @Test
  void anotherClauseDoesNotCount() {
    Mutant mutant = Mutant.of("one", "breaks one clause", Mutants.base(), "BLK-001");
    SortedSet<ClauseId> other = new TreeSet<>(List.of(ClauseId.parse("BLK-002")));
    assertThat(new MutationScore.Result(mutant, other, "", java.time.Duration.ZERO).caught())
        .isFalse();
    assertThat(mutant.id()).isEqualTo(new Identifier("one"));
  }
}
