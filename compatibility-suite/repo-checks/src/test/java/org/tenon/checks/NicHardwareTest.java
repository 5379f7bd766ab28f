package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tenon.kit.testing.wire.Wiring;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.mutants.GuestMutants;
import org.tenon.tck.mutants.MutationRun;
import org.tenon.tck.mutants.MutationScore;
import org.tenon.tck.mutants.net.MemoryWiring;
import org.tenon.tck.mutants.net.NicHardwareMutants;
import org.tenon.tck.mutants.net.NicMutants;

/**
 * The virtual-hardware tier of NIC drivers on Tenon: it finds no fault in a correct driver, and
 * catches those that are good enough for the other tiers.
 */
class NicHardwareTest {
  private static final Seed SEED = new Seed(1);

  static List<Wiring> wirings() {
    return List.of(MemoryWiring.held(), MemoryWiring.looping());
  }

  static List<GuestMutants.Case> mutants() {
    return NicHardwareMutants.all();
  }

  @ParameterizedTest
  @MethodSource("wirings")
  void theCorrectDriverPasses(Wiring wiring) {
    RunReport report =
        MutationRun.ofNic(SEED, NicMutants.base(), wiring)
            .runBase(new TreeSet<>(EnumSet.of(Tier.VIRTUAL_HARDWARE)));
    assertThat(report.results()).hasSizeGreaterThan(20);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
    assertThat(report.verdict().count(ClauseStatus.PASSED)).isGreaterThanOrEqualTo(14);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isCaughtByItsTest(GuestMutants.Case mutant) {
    MutationScore.Result result =
        MutationRun.ofNic(SEED, NicMutants.base(), MemoryWiring.held()).run(mutant);
    assertThat(result.caught()).as(result.toString()).isTrue();
  }
}
