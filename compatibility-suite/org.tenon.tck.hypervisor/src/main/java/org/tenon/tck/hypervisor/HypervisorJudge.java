package org.tenon.tck.hypervisor;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.evidence.EvidenceLog;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.core.verdict.VerdictFormula;
import org.tenon.tck.core.verdict.Waivers;
import org.tenon.tck.hypervisor.ProbedMachine.Ending;

/**
 * From a report to a verdict, by the formula that every certification uses. Each clause is a test:
 * it failed if a line says so, passed if another does, and does not apply where the hardware is
 * absent; a clause without a line is unproven, and keeps the level from being reached. Pure.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class HypervisorJudge {
  private static final ClauseId POWER_OFF = ClauseId.parse("HYP-140");

  /** The probe chooses nothing at random. */
  private static final Seed NO_SEED = new Seed(0);

  private final Requirements requirements = HypervisorProfile.requirements();
  private final ProbeLog log;
  private final ProbedMachine machine;

  private HypervisorJudge(ProbeLog log, ProbedMachine machine) {
    this.log = log;
    this.machine = machine;
  }

  /**
   * Judges.
   *
   * @param waivers what is excused
   * @return the report, for {@code ReportFolder} and the terminal
   * @throws IllegalArgumentException if the log names a clause that this build does not know
   */
  public static RunReport judge(ProbeLog log, ProbedMachine machine, Waivers waivers) {
    return new HypervisorJudge(log, machine).report(waivers);
  }

  private RunReport report(Waivers waivers) {
    log.findings().forEach(finding -> requirements.get(finding.clause()));
    RunOptions options =
        RunOptions.of(Level.L1, NO_SEED)
            .withTiers(new TreeSet<>(EnumSet.allOf(Tier.class)))
            .withWaivers(waivers);
    List<TestResult> results = requirements.all().stream().map(this::result).toList();
    LocalDate day = machine.started().atZone(ZoneOffset.UTC).toLocalDate();
    VerdictFormula formula =
        new VerdictFormula(
            requirements,
            results.stream().map(TestResult::test).toList(),
            results,
            options.tiers(),
            waivers,
            machine.id(),
            day);
    return new RunReport(
        machine.id(),
        HypervisorProfile.TITLE,
        machine.command(),
        machine.facts(),
        environment(),
        options,
        options.tiers(),
        machine.started(),
        machine.took(),
        formula.judge(options.level()),
        results,
        new EvidenceLog().collected(),
        waivers.expired(machine.id(), day));
  }

  private static SortedMap<String, String> environment() {
    SortedMap<String, String> facts = new TreeMap<>();
    facts.put("java", Runtime.version().toString());
    facts.put(
        "operating system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("architecture", System.getProperty("os.arch"));
    return facts;
  }

  private TestResult result(Requirement clause) {
    TestCase test =
        new TestCase(
            clause.id().toString(),
            Subject.of(clause.id()).title(),
            clause.verifiedAt(),
            Tier.GUEST,
            List.of(clause.id()),
            false,
            new TreeSet<>());
    return new TestResult(test, outcome(clause), Duration.ZERO);
  }

  private Outcome outcome(Requirement clause) {
    List<Finding> about =
        log.findings().stream().filter(each -> each.clause().equals(clause.id())).toList();
    if (clause.id().equals(POWER_OFF)) {
      about = List.of(powerOff());
    }
    List<Failure> failures = new ArrayList<>();
    for (Finding finding : about) {
      if (finding.result() == Finding.Result.FAIL) {
        failures.add(
            new Failure(
                clause.id(), clause.text(), finding.text(), NO_SEED, machine.command(), ""));
      }
    }
    if (!failures.isEmpty()) {
      return new Outcome.Failed(failures);
    }
    if (about.stream().anyMatch(each -> each.result() == Finding.Result.PASS)) {
      return new Outcome.Passed();
    }
    return about.isEmpty()
        ? new Outcome.NotRun("the report has no line about it")
        : new Outcome.NotApplicable(about.getFirst().text());
  }

  private Finding powerOff() {
    if (log.isStillOn() || machine.ending() == Ending.LEFT_ON) {
      return new Finding(POWER_OFF, Finding.Result.FAIL, "the machine stayed on");
    }
    return new Finding(POWER_OFF, Finding.Result.PASS, "the report ends with the machine");
  }

  /** The parts of a machine, in the order of the clauses' numbers. */
  private enum Subject {
    PROCESSOR("Processor", 19),
    ACPI("ACPI", 29),
    LEGACY("Legacy devices", 39),
    INTERRUPTS("Interrupt controllers", 59),
    PCI("PCI", 78),
    VIRTIO("virtio", 109),
    NVME("NVMe", 139),
    MACHINE("Machine", 999);

    private final String title;
    private final int last;

    Subject(String title, int last) {
      this.title = title;
      this.last = last;
    }

    String title() {
      return title;
    }

    static Subject of(ClauseId clause) {
      for (Subject subject : values()) {
        if (clause.number() <= subject.last) {
          return subject;
        }
      }
      return MACHINE;
    }
  }
}
