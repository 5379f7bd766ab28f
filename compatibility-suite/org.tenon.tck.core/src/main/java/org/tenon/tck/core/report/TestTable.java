package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.text;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;

/** Every test that was run, in the order of the ladder. */
final class TestTable {
  private TestTable() {}

  static String render(List<TestResult> results) {
    return """
    <section id="tests" aria-labelledby="tests-title">
    <h2 id="tests-title">Tests</h2>
    <p class="lead">What was run, through which door, and what it covers.</p>
    <details%s><summary>%d tests</summary>
    <div class="scroll" style="margin-top:10px"><table>
    <thead><tr><th scope="col">Test<th scope="col">Level<th scope="col">Tier<th scope="col">Outcome<th scope="col">Covers\
    <th scope="col" class="num">Time</tr></thead>
    <tbody>
    %s
    </tbody></table></div></details>
    </section>\
    """
        .formatted(
            results.size() <= 12 ? " open" : "",
            results.size(),
            results.stream().map(TestTable::row).collect(Collectors.joining("\n")));
  }

  private static String row(TestResult result) {
    String style =
        switch (result.outcome()) {
          case Outcome.Passed passed -> "PASSED";
          case Outcome.Failed failed -> "FAILED";
          case Outcome.NotApplicable notApplicable -> "NOT_APPLICABLE";
          case Outcome.NotRun notRun -> "NOT_RUN";
        };
    String why =
        result.passed()
            ? ""
            : "<span class=\"why\">%s</span>".formatted(text(result.outcome().summary()));
    return """
    <tr><td>%s<span class="source">%s</span></td><td>%s</td><td>%s</td><td><span class="pill %s">%s</span>%s</td>\
    <td class="tests">%s</td><td class="num">%s</td></tr>\
    """
        .formatted(
            text(result.test().name()),
            text(result.test().group()),
            result.test().level(),
            result.test().tier().title(),
            style,
            style.replace('_', ' ').toLowerCase(Locale.ENGLISH),
            why,
            result.test().clauses().stream()
                .map(Object::toString)
                .collect(Collectors.joining(", ")),
            result.took().toMillis() + " ms");
  }
}
