package org.tenon.tck.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.ClauseVerdict;
import org.tenon.tck.core.verdict.Waivers;
import org.tenon.tck.hypervisor.ProbedMachine.Ending;

/** QEMU, which none of us wrote, under the same probe. */
@Timeout(300)
class QemuProbeTest {
  /**
   * What QEMU 7.2 does otherwise; docs/reference/hypervisors.md has the text of the specifications.
   * A later QEMU may have mended it.
   */
  private static final Set<String> KNOWN = Set.of("HYP-011", "HYP-086", "HYP-122");

  @Test
  void qemuKeepsEveryOtherClause(@TempDir Path folder)
      throws IOException, InterruptedException, ProbeLogException {
    ProbeLog log = ProbeLog.parse(Qemu.withDevices(ProbeImage.build(), folder));

    RunReport report =
        HypervisorJudge.judge(log, ProbeLogTest.machine(Ending.TURNED_OFF), Waivers.none());

    assertThat(KNOWN).containsAll(clauses(report, status -> status != ClauseStatus.PASSED));
    assertThat(clauses(report, ClauseStatus.PASSED::equals)).hasSizeGreaterThanOrEqualTo(106);
  }

  private static Set<String> clauses(RunReport report, Predicate<ClauseStatus> wanted) {
    return report.verdict().clauses().stream()
        .filter(clause -> wanted.test(clause.status()))
        .map(ClauseVerdict::requirement)
        .map(requirement -> requirement.id().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
