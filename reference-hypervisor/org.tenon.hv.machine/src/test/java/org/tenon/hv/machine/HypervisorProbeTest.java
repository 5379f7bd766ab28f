package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.api.Identifier;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.Waivers;
import org.tenon.tck.hypervisor.HypervisorJudge;
import org.tenon.tck.hypervisor.HypervisorProfile;
import org.tenon.tck.hypervisor.ProbeLog;
import org.tenon.tck.hypervisor.ProbeLogException;
import org.tenon.tck.hypervisor.ProbedMachine;
import org.tenon.tck.hypervisor.ProbedMachine.Ending;

/** The guest-visible contract: Tenon keeps it, and the probe sees whoever does not. */
@Timeout(300)
class HypervisorProbeTest {
  private static RunReport judge(ProbedTenon tenon) throws ProbeLogException {
    ProbedMachine machine =
        new ProbedMachine(
            new Identifier("tenon"),
            "tenon probe run",
            new TreeMap<>(),
            Instant.EPOCH,
            Duration.ZERO,
            tenon.outcome().kind() == Outcome.Kind.POWER_OFF ? Ending.TURNED_OFF : Ending.LEFT_ON);
    return HypervisorJudge.judge(ProbeLog.parse(tenon.log()), machine, Waivers.none());
  }

  private static Set<String> clauses(RunReport report, ClauseStatus status) {
    Set<String> clauses = new TreeSet<>();
    report.verdict().clauses().stream()
        .filter(clause -> clause.status() == status)
        .forEach(clause -> clauses.add(clause.requirement().id().toString()));
    return clauses;
  }

  @Test
  void tenonKeepsEveryClause() throws Exception {
    RunReport report = judge(new ProbedTenon(new SimEngine()));

    assertThat(report.failures()).isEmpty();
    assertThat(clauses(report, ClauseStatus.PASSED))
        .as("clauses seen kept: nothing absent, nothing without a line")
        .hasSize(HypervisorProfile.requirements().all().size());
    assertThat(report.passed()).isTrue();
  }

  @Test
  void seesEachFaultOfABrokenHypervisor() throws Exception {
    Set<BrokenHypervisor> faults = EnumSet.complementOf(EnumSet.copyOf(BrokenHypervisor.DISABLING));

    RunReport report = judge(broken(faults));

    assertThat(clauses(report, ClauseStatus.FAILED)).containsAll(clauses(faults));
    assertThat(report.passed()).isFalse();
  }

  @Test
  void seesDevicesThatCannotBeUsed() throws Exception {
    RunReport report = judge(broken(BrokenHypervisor.DISABLING));

    assertThat(clauses(report, ClauseStatus.FAILED))
        .containsAll(clauses(BrokenHypervisor.DISABLING));
    assertThat(report.passed()).isFalse();
  }

  /** Alone too, each is seen; a minute, so only with {@code -Dtenon.trial=full}. */
  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(named = "tenon.trial", matches = "full")
  void seesOneFaultAlone(BrokenHypervisor broken) throws Exception {
    RunReport report = judge(broken(Set.of(broken)));

    assertThat(clauses(report, ClauseStatus.FAILED)).contains(broken.clause());
    boolean must =
        report.failures().stream()
            .anyMatch(failure -> HypervisorProfile.requirements().get(failure.clause()).isMust());
    assertThat(report.passed()).isEqualTo(!must);
  }

  private static ProbedTenon broken(Set<BrokenHypervisor> faults) throws Exception {
    return new ProbedTenon(
        new FaultyEngine(Fault.all(faults.stream().map(BrokenHypervisor::fault).toList())));
  }

  private static Set<String> clauses(Set<BrokenHypervisor> faults) {
    return faults.stream()
        .map(BrokenHypervisor::clause)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A machine that stops on the way proves nothing. */
  @Test
  void aReportThatBreaksOffIsNone() throws Exception {
    String log = new ProbedTenon(new SimEngine()).log();

    assertThatThrownBy(() -> ProbeLog.parse(log.substring(0, log.length() / 2)))
        .isInstanceOf(ProbeLogException.class)
        .hasMessageContaining("breaks off");
  }
}
