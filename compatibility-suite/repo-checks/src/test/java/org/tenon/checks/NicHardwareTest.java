package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.kit.testing.wire.Wiring;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.mutants.MutationRun;
import org.tenon.tck.mutants.net.MemoryWiring;
import org.tenon.tck.mutants.net.NicMutants;

/** The virtual-hardware tier of NIC drivers, on a driver that keeps every promise. */
class NicHardwareTest {
  /** The wires on which it lies. */
  enum Kind {
    HELD,
    LOOPING
  }

  @ParameterizedTest
  @EnumSource
  void theCorrectDriverPasses(Kind kind) {
    Wiring wiring = kind == Kind.HELD ? MemoryWiring.held() : MemoryWiring.looping();
    RunReport report =
        MutationRun.ofNic(new Seed(1), NicMutants.base(), wiring)
            .runBase(new TreeSet<>(EnumSet.of(Tier.VIRTUAL_HARDWARE)));
    for (TestResult r : report.results()) System.out.println(r.test().name() + " " + r.took().toMillis() + " " + r.outcome() + " " + r.failures());
    assertThat(report.results()).hasSizeGreaterThan(20);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
  }
}
