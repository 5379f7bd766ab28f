package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.count;
import static org.tenon.tck.core.report.Markup.text;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tenon.api.ClauseId;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseVerdict;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.TestResult;

/** Each broken clause with what was expected, what happened, and how to see it again. */
final class FailureCards {
  private FailureCards() {}

  static String render(RunReport report) {
    if (report.failures().isEmpty()) {
      return "";
    }
    Map<ClauseId, Requirement> clauses =
        report.verdict().clauses().stream()
            .map(ClauseVerdict::requirement)
            .collect(Collectors.toMap(Requirement::id, Function.identity()));
    String cards =
        report.results().stream()
            .flatMap(
                result -> result.failures().stream().map(failure -> card(result, failure, clauses)))
            .collect(Collectors.joining("\n"));
    return """
    <section id="failures" aria-labelledby="failures-title">
    <h2 id="failures-title">%s</h2>
    <p class="lead">What a clause asks for, what the subject did instead, and the command that shows it again.</p>
    %s
    </section>\
    """
        .formatted(count(report.failures().size(), "failure"), cards);
  }

  private static String card(
      TestResult result, Failure failure, Map<ClauseId, Requirement> clauses) {
    Requirement clause = clauses.get(failure.clause());
    return """
    <article class="card failure">
    <header><span class="pill FAILED"><span aria-hidden="true">✕</span>%s</span><h3>%s</h3>\
    <span class="where">%s · %s · %s</span></header>
    <p class="clause">%s</p>
    <dl class="facts">
    <dt>Expected</dt><dd>%s</dd>
    <dt>Actual</dt><dd class="actual"><strong>%s</strong></dd>
    <dt>Seed</dt><dd class="mono">%s</dd>
    <dt>Run again</dt><dd class="rerun"><code>%s</code><button type="button" hidden>Copy</button></dd>
    </dl>
    %s
    </article>\
    """
        .formatted(
            failure.clause(),
            text(result.test().name()),
            result.test().level(),
            result.test().tier().title(),
            clause == null ? "" : text(clause.source()),
            clause == null ? "" : text(clause.text()),
            text(failure.expected()),
            text(failure.actual()),
            failure.seed(),
            text(failure.rerun()),
            failure.trace().isBlank()
                ? ""
                : "<details><summary>Where it was noticed</summary><pre tabindex=\"0\">%s</pre></details>"
                    .formatted(text(failure.trace())));
  }
}
