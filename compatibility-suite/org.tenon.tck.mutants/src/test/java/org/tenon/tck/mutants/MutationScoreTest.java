package org.tenon.tck.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.spi.Config;
import org.tenon.tck.block.BlockProfile;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.run.Certification;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.Outcome;
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
        MutationRun.ofBlock(SEED).run(mutants, result -> LOG.log(System.Logger.Level.INFO, result));
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
    RunReport report = MutationRun.ofBlock(SEED).runBase();
    assertThat(report.results()).hasSizeGreaterThan(60);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
    assertThat(report.verdict().count(ClauseStatus.PASSED)).isGreaterThan(60);
  }

  /**
   * A driver whose storage cannot be watched proves nothing about power cuts, and the report says
   * why.
   */
  @Test
  void aDriverThatGoesAroundTheObserverProvesNothing() {
    BaseFactory around =
        new BaseFactory() {
          @Override
          Path image(Config config) {
            return Path.of(super.image(config).toString());
          }
        };
    BlockSubject subject =
        BlockSubject.of(around, new FileStorage(BaseFactory.PATH, Map.of())).build();
    RunOptions options =
        RunOptions.of(Level.L3, SEED).withTests(new TreeSet<>(List.of("FlushSurvivesPowerCut")));
    RunReport report = new Certification().run(BlockProfile.get(), subject, options, event -> {});
    assertThat(report.results()).hasSize(1);
    assertThat(report.results().getFirst().outcome())
        .isInstanceOfSatisfying(
            Outcome.NotRun.class,
            outcome ->
                assertThat(outcome.reason())
                    .contains("was not seen", "level L3 cannot be reached"));
    assertThat(report.verdict().passed()).isFalse();
  }

  /** A mutant that is caught by a clause that it does not break is not caught. */
  @Test
  void anotherClauseDoesNotCount() {
    Mutant mutant = Mutant.of("one", "breaks one clause", Mutants.base(), "BLK-001");
    Set<ClauseId> other = Set.of(ClauseId.parse("BLK-002"));
    assertThat(new MutationScore.Result(mutant, other, "", Duration.ZERO).caught()).isFalse();
    assertThat(mutant.id()).isEqualTo(new Identifier("one"));
  }
}
