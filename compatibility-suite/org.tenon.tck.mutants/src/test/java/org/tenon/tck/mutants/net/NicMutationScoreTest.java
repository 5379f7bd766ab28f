package org.tenon.tck.mutants.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.mutants.Mutant;
import org.tenon.tck.mutants.MutationRun;
import org.tenon.tck.mutants.MutationScore;

/**
 * The suite catches every broken NIC driver by a clause that it breaks, and finds no fault in the
 * correct one.
 */
class NicMutationScoreTest {
  private static final System.Logger LOG = System.getLogger(NicMutationScoreTest.class.getName());
  private static final Seed SEED = new Seed(0x7e01_5eed);
  private static final Path PUBLISHED = Path.of("target", "mutation-score-net.json");

  private static MutationRun run() {
    return MutationRun.ofNic(SEED, NicMutants.base(), MemoryWiring.held());
  }

  @Test
  void everyMutantIsCaught() throws IOException {
    List<Mutant> mutants = NicMutants.all();
    assertThat(mutants).hasSizeGreaterThanOrEqualTo(60);
    assertThat(mutants).extracting(Mutant::id).doesNotHaveDuplicates();
    MutationScore score = run().run(mutants, result -> LOG.log(System.Logger.Level.INFO, result));
    score.writeTo(PUBLISHED);
    LOG.log(System.Logger.Level.INFO, score);
    assertThat(score.survivors()).as(score.toString()).isEmpty();
  }

  @Test
  void theCorrectDriverPasses() {
    RunReport report = run().runBase();
    assertThat(report.results()).hasSizeGreaterThan(80);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
    assertThat(report.verdict().count(ClauseStatus.PASSED)).isGreaterThan(80);
    assertThat(report.tiers()).containsExactly(Tier.CONTRACT, Tier.VIRTUAL_HARDWARE);
  }
}
