package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.count;
import static org.tenon.tck.core.report.Markup.text;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;

/**
 * The tests that apply but were not carried out, by reason: what stands between the subject and a
 * verdict.
 */
final class NotRunList {
  private NotRunList() {}

  static String render(List<TestResult> results) {
    Map<String, List<TestResult>> byReason =
        results.stream()
            .filter(result -> result.outcome() instanceof Outcome.NotRun)
            .collect(
                Collectors.groupingBy(
                    result -> result.outcome().summary(), TreeMap::new, Collectors.toList()));
    if (byReason.isEmpty()) {
      return "";
    }
    String items =
        byReason.entrySet().stream()
            .map(entry ->
                "<dt>%s</dt><dd>%s</dd>"
                    .formatted(
                        count(entry.getValue().size(), "test"),
                        text(entry.getKey())
                            + "<span class=\"source\">"
                            + entry.getValue().stream()
                                .map(result -> Markup.name(result.test().name()))
                                .collect(Collectors.joining(", "))
                            + "</span>"))
            .collect(Collectors.joining());
    return """
    <section id="not-run" aria-labelledby="not-run-title">
    <h2 id="not-run-title">Not run</h2>
    <p class="lead">Tests that apply and could not be carried out here. Their clauses stay unproven; none is skipped in silence.</p>
    <div class="card"><dl class="facts">%s</dl></div>
    </section>\
    """
        .formatted(items);
  }
}
