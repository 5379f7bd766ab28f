package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.tck.core.report.ReportFolder;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.Waivers;
import org.tenon.tck.hypervisor.HypervisorJudge;
import org.tenon.tck.hypervisor.ProbeLog;
import org.tenon.tck.hypervisor.ProbedMachine;
import picocli.CommandLine.Option;

/** What the commands that judge a report have in common. */
final class ProbeVerdict {
  @Option(
      names = "--name",
      paramLabel = "ID",
      defaultValue = "hypervisor",
      description = "What the report calls the hypervisor (default: ${DEFAULT-VALUE}).")
  private String name = "hypervisor";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "tenon-report",
      description = "Where the report goes (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("tenon-report");

  @Option(
      names = "--waivers",
      paramLabel = "FILE",
      description = "Excuse the clauses that this file waives; printed on the report.")
  private @Nullable Path waivers;

  /** The folder of the report. */
  Path folder() {
    return out;
  }

  Identifier id() throws InputException {
    try {
      return new Identifier(name);
    } catch (IllegalArgumentException e) {
      throw new InputException("--name: " + e.getMessage(), e);
    }
  }

  /** Judges, prints the verdict and writes the report; the exit status. */
  int judge(ProbeLog log, ProbedMachine machine, Console console) throws InputException {
    RunReport report;
    try {
      report = HypervisorJudge.judge(log, machine, excused());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "the report is another version's of the probe: " + e.getMessage(), e);
    }
    try {
      Path page = ReportFolder.write(report, out);
      new VerdictText(report, console).print();
      console.print("report   %s".formatted(page));
    } catch (IOException e) {
      throw new InputException(
          "%s: no report can be written there (%s); give another --out".formatted(out, e), e);
    }
    return report.passed() ? ExitStatus.OK : ExitStatus.AGAINST_SUBJECT;
  }

  private Waivers excused() throws InputException {
    try {
      return waivers == null ? Waivers.none() : Waivers.read(waivers);
    } catch (NoSuchFileException e) {
      throw new InputException(waivers + ": there is no such file; give a waiver file", e);
    } catch (IOException e) {
      throw new InputException("%s: cannot be read (%s)".formatted(waivers, e), e);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }
}
