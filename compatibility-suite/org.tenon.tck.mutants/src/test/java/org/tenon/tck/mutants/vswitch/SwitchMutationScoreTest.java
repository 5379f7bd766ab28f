package org.tenon.tck.mutants.vswitch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.mutants.Mutant;
import org.tenon.tck.mutants.MutationRun;
import org.tenon.tck.mutants.MutationScore;

/**
 * The suite catches every broken extension by a clause that it breaks, and finds no fault in the
 * correct one.
 */
class SwitchMutationScoreTest {
  private static final System.Logger LOG =
      System.getLogger(SwitchMutationScoreTest.class.getName());
  private static final Seed SEED = new Seed(0x7e01_5eed);
  private static final Path PUBLISHED = Path.of("target", "mutation-score-switch.json");

  private static MutationRun run() {
    return MutationRun.ofSwitch(SEED, SwitchMutants.base());
  }

  @Test
  void everyMutantIsCaught() throws IOException {
    List<Mutant> mutants = SwitchMutants.all();
    assertThat(mutants).hasSizeGreaterThanOrEqualTo(15);
    assertThat(mutants).extracting(Mutant::id).doesNotHaveDuplicates();
    MutationScore score = run().run(mutants, result -> LOG.log(System.Logger.Level.INFO, result));
    score.writeTo(PUBLISHED);
    LOG.log(System.Logger.Level.INFO, score);
    assertThat(score.survivors()).as(score.toString()).isEmpty();
  }

  @Test
  void theCorrectExtensionPasses() {
    RunReport report = run().runBase();
    assertThat(report.results()).hasSizeGreaterThan(20);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
    assertThat(report.verdict().count(ClauseStatus.PASSED)).isGreaterThan(20);
  }
}
