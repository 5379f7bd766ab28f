package org.tenon.hv.app;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.tenon.api.ClauseId;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.ClauseVerdict;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.LevelVerdict;
import org.tenon.tck.core.verdict.Verdict;

/**
 * A verdict as the terminal shows it: clauses, failures, levels, and last the one line that counts.
 */
final class VerdictText {
  private static final int CLAUSE_WIDTH = 80;
  private static final int NAMED_BLOCKERS = 5;

  private final RunReport report;
  private final Console console;

  VerdictText(RunReport report, Console console) {
    this.report = report;
    this.console = console;
  }

  void print() {
    Verdict verdict = report.verdict();
    console.print("");
    verdict.clauses().stream()
        .filter(clause -> clause.status() != ClauseStatus.NOT_REQUESTED)
        .forEach(clause -> console.print(line(clause)));
    console.print("");
    report.failures().forEach(this::print);
    report.verdict().levels().stream()
        .filter(LevelVerdict::requested)
        .forEach(level -> console.print(line(level)));
    console.print(
        "clauses  "
            + Arrays.stream(ClauseStatus.values())
                .filter(status -> verdict.count(status) > 0)
                .map(status -> verdict.count(status) + " " + status.title())
                .collect(Collectors.joining(", ")));
    console.print("verdict  " + summary());
  }

  private String line(ClauseVerdict clause) {
    String text = clause.reason().isEmpty() ? clause.requirement().text() : clause.reason();
    String status = "%-14s".formatted(clause.status().title());
    return "%s  %s  %-6s  %s"
        .formatted(
            clause.status().satisfies() ? console.good(status) : console.bad(status),
            clause.requirement().id(),
            clause.requirement().isMust() ? "MUST" : "SHOULD",
            text.length() > CLAUSE_WIDTH ? text.substring(0, CLAUSE_WIDTH - 1) + "…" : text);
  }

  private void print(Failure failure) {
    console.print(console.bad("FAILED   " + failure.clause()));
    console.print("  expected " + failure.expected());
    console.print("  actual   " + failure.actual());
    console.print("  rerun    " + failure.rerun());
    console.print("");
  }

  private String line(LevelVerdict level) {
    Level which = level.level();
    String blockers = level.reached() ? "" : "; in the way: " + names(level.blockers());
    return "%-8s %-11s %s  %d of %d own MUST clauses%s"
        .formatted(
            which,
            which.title(),
            level.reached() ? console.good("reached    ") : console.bad("not reached"),
            level.satisfied(),
            level.own(),
            blockers);
  }

  private static String names(List<ClauseId> clauses) {
    String first =
        clauses.stream()
            .limit(NAMED_BLOCKERS)
            .map(ClauseId::toString)
            .collect(Collectors.joining(", "));
    int more = clauses.size() - NAMED_BLOCKERS;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private String tiers() {
    return report.tiers().stream().map(Tier::title).collect(Collectors.joining(", "));
  }

  private String summary() {
    String reached =
        report
            .verdict()
            .reached()
            .map(level -> level + " " + level.title())
            .orElse("no level reached");
    if (!report.options().isWhole()) {
      return (report.passed() ? console.good("passed") : console.bad("FAILED"))
          + ", for the chosen tests and tiers only: this certifies no level";
    }
    return report.passed()
        ? console.good("PASSED: %s, in the tiers %s".formatted(reached, tiers()))
        : console.bad(
            "NOT PASSED: asked for %s, %s".formatted(report.verdict().requested(), reached));
  }
}
