package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.count;
import static org.tenon.tck.core.report.Markup.text;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.ClauseVerdict;
import org.tenon.tck.core.verdict.LevelVerdict;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.core.verdict.Waiver;

/**
 * The report for people: one page that needs nothing outside itself. Everything is in the markup;
 * the script only filters the table of clauses, copies commands and opens what is folded before
 * printing.
 */
public final class HtmlReport {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final RunReport report;

  private HtmlReport(RunReport report) {
    this.report = report;
  }

  /** The page as text. */
  public static String render(RunReport report) {
    return new HtmlReport(report).page();
  }

  private String page() {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <link rel="icon" href="data:,">
    <style>
    %s</style>
    </head>
    <body>
    <a class="skip" href="#verdict">Skip to the verdict</a>
    <div class="page">
    %s
    <main>
    %s
    </main>
    %s
    </div>
    <script>
    %s</script>
    </body>
    </html>
    """
        .formatted(
            text(report.subject() + ": " + state() + " · Tenon certification report"),
            Markup.resource("report.css"),
            mast(),
            Stream.of(
                    verdict(),
                    FailureCards.render(report),
                    NotRunList.render(report.results()),
                    waivers(),
                    CrashMatrix.render(report.evidence().crashes()),
                    LatencyPlot.render(report.evidence().latencies()),
                    ClauseTable.render(report.verdict(), shownClauses()),
                    TestTable.render(report.results()),
                    environment())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n")),
            footer(),
            Markup.resource("report.js"));
  }

  private String mast() {
    return """
    <header class="mast">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M2 4h9v5h5V4h6v16h-6v-5h-5v5H2z" opacity=".28"/>\
    <path fill="currentColor" d="M2 4h7v16H2zM9 9.6h9v4.8H9z"/></svg>
    <span><b>Tenon</b> certification report</span>
    <nav aria-label="On this page">%s%s%s<a href="#clauses">Clauses</a><a href="#tests">Tests</a><a href="#environment">Environment</a></nav>
    </header>\
    """
        .formatted(
            report.failures().isEmpty() ? "" : "<a href=\"#failures\">Failures</a>",
            report.evidence().crashes().isEmpty() ? "" : "<a href=\"#crashes\">Power cuts</a>",
            report.evidence().latencies().isEmpty() ? "" : "<a href=\"#latency\">Latency</a>");
  }

  private String verdict() {
    return """
    <section id="verdict" class="verdict %s" aria-labelledby="verdict-title">
    <div class="state"><span aria-hidden="true">%s</span>%s</div>
    <h1 id="verdict-title">%s</h1>
    <p class="say">%s</p>
    <ol class="ladder" aria-label="Levels">%s</ol>
    </section>
    <dl class="tiles">
    <div><dt>MUST clauses satisfied</dt><dd>%s</dd></div>
    <div><dt>Tests passed, of those that apply</dt><dd>%s</dd></div>
    <div><dt>Took</dt><dd>%s</dd></div>
    <div><dt>Started</dt><dd class="mono">%s</dd></div>
    <div><dt>Seed</dt><dd class="mono">%s</dd></div>
    </dl>\
    """
        .formatted(
            report.passed() ? "good" : "bad",
            report.passed() ? "✓" : "✕",
            state(),
            headline(),
            explanation(),
            report.verdict().levels().stream().map(this::rung).collect(Collectors.joining()),
            satisfied(),
            testsPassed(),
            took(report.took()),
            TIME.format(report.started()),
            report.options().seed());
  }

  private String state() {
    if (!report.options().isWhole()) {
      return report.passed() ? "Selected tests passed" : "Selected tests failed";
    }
    Level requested = report.options().level();
    return report.passed()
        ? "Passed: %s %s".formatted(requested, requested.title())
        : "Not passed: %s %s".formatted(requested, requested.title());
  }

  private String headline() {
    String subject = "<span class=\"subject\">%s</span>".formatted(text(report.subject()));
    if (!report.options().isWhole()) {
      return "Part of the suite, run against " + subject;
    }
    return report
        .verdict()
        .reached()
        .map(level -> "%s is %s".formatted(subject, level.title().toLowerCase(Locale.ENGLISH)))
        .orElse(subject + " reaches no level");
  }

  private String explanation() {
    if (!report.options().isWhole()) {
      return "Only some tests or tiers were selected. They say what they found; a level is"
          + " certified by a whole run.";
    }
    List<ClauseVerdict> blockers =
        report.verdict().clauses().stream().filter(this::decides).toList();
    if (blockers.isEmpty()) {
      return "Every MUST clause of the profile “%s” up to %s was proven by a test, or does not apply to what was agreed, in the tiers %s."
          .formatted(
              text(report.profile()),
              report.options().level(),
              report.tiers().stream().map(Tier::title).collect(Collectors.joining(", ")));
    }
    long broken =
        blockers.stream().filter(clause -> clause.status() == ClauseStatus.FAILED).count();
    String open = count(blockers.size() - broken, "MUST clause");
    String first =
        broken == 0
            ? "No clause was seen broken, but " + open + " could not be proven."
            : count(broken, "MUST clause")
                + " "
                + (broken == 1 ? "was" : "were")
                + " seen broken"
                + (blockers.size() > broken ? ", and " + open + " could not be proven." : ".");
    return broken == 0 ? first : first + " Each failure below can be run again with one command.";
  }

  private boolean decides(ClauseVerdict clause) {
    return clause.blocks() && report.options().level().includes(clause.requirement().verifiedAt());
  }

  /** A run of selected tests shows what those are about, not all that they leave open. */
  private List<ClauseVerdict> shownClauses() {
    if (report.options().isWhole()) {
      return report.verdict().clauses();
    }
    Set<TestCase> ran = report.results().stream().map(TestResult::test).collect(Collectors.toSet());
    return report.verdict().clauses().stream()
        .filter(clause ->
            clause.status() == ClauseStatus.FAILED
                || clause.tests().stream().anyMatch(ran::contains))
        .toList();
  }

  private String rung(LevelVerdict level) {
    boolean judged = level.requested() && report.options().isWhole();
    String style = level.reached() ? "reached" : judged ? "missed" : "unasked";
    String mark = level.reached() ? "✓" : judged ? "✕" : "–";
    String word = level.reached() ? "reached" : judged ? "not reached" : "not asked for";
    return """
    <li class="%s"><div class="rung"><span class="mono">%s</span>%s<span class="mark" role="img" aria-label="%s">%s</span></div>\
    <p>%s</p><p class="count">%s</p></li>\
    """
        .formatted(
            style,
            level.level(),
            level.level().title(),
            word,
            mark,
            text(level.level().summary()),
            judged
                ? "%d of %s".formatted(level.satisfied(), count(level.own(), "MUST clause"))
                : count(level.own(), "MUST clause") + ", not asked for");
  }

  private String satisfied() {
    List<ClauseVerdict> musts =
        report.verdict().clauses().stream()
            .filter(c ->
                c.requirement().isMust()
                    && c.status() != ClauseStatus.NOT_REQUESTED
                    && report.options().level().includes(c.requirement().verifiedAt()))
            .toList();
    return "%d of %d"
        .formatted(musts.stream().filter(c -> c.status().satisfies()).count(), musts.size());
  }

  private String testsPassed() {
    long passed = report.results().stream().filter(TestResult::passed).count();
    long applicable =
        report.results().stream()
            .filter(r -> !(r.outcome() instanceof Outcome.NotApplicable))
            .count();
    return "%d of %d".formatted(passed, applicable);
  }

  private static String took(Duration took) {
    return took.toMinutes() > 0
        ? "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart())
        : String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
  }

  private String waivers() {
    List<Waiver> used =
        report.verdict().clauses().stream().flatMap(clause -> clause.waiver().stream()).toList();
    if (used.isEmpty() && report.expired().isEmpty()) {
      return "";
    }
    String rows =
        Stream.concat(
                used.stream().map(w -> waiver(w, "in force")),
                report.expired().stream().map(w -> waiver(w, "expired")))
            .collect(Collectors.joining());
    return """
    <section id="waivers" aria-labelledby="waivers-title">
    <h2 id="waivers-title">Waivers</h2>
    <p class="lead">Clauses that this subject may break for a while, and who answers for it. An expired waiver excuses nothing.</p>
    <div class="scroll"><table><thead><tr><th>Clause<th>Reason<th>Owner<th>Last day<th>State</tr></thead><tbody>%s</tbody></table></div>
    </section>\
    """
        .formatted(rows);
  }

  private static String waiver(Waiver waiver, String state) {
    return "<tr><td class=\"id\">%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>"
        .formatted(
            waiver.clause(), text(waiver.reason()), text(waiver.owner()), waiver.expires(), state);
  }

  private String environment() {
    SortedMap<String, String> subject = new TreeMap<>(report.facts());
    subject.putAll(report.evidence().facts());
    subject.put("command", report.command());
    return """
    <section id="environment" aria-labelledby="environment-title">
    <h2 id="environment-title">Environment and digests</h2>
    <p class="lead">What was tested, by what, and where.</p>
    <div class="pair">
    <div class="card"><h3>Subject</h3>%s</div>
    <div class="card"><h3>Run</h3>%s</div>
    </div>
    </section>\
    """
        .formatted(Markup.facts(subject), Markup.facts(report.environment()));
  }

  private static String footer() {
    return """
    <footer>How the verdict is reached: a clause passes when every test that covers it passed, in every tier that applies; a level
    is reached when every MUST clause of it and of the levels below passed, does not apply to what driver and host agreed, or is
    excused by a waiver in force. Nothing is skipped by hand. The formula in full: docs/reference/verdict.md.</footer>\
    """;
  }
}
