package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.ClauseVerdict;
import org.tenon.tck.core.verdict.Verdict;

/** Every clause and what is known of it, with a filter. */
final class ClauseTable {
  private ClauseTable() {}

  static String render(Verdict verdict, List<ClauseVerdict> shown) {
    return """
    <section id="clauses" aria-labelledby="clauses-title">
    <h2 id="clauses-title">Clauses</h2>
    <p class="lead">%s</p>
    <form class="filter" role="search" aria-label="Filter the clauses" hidden onsubmit="return false">
    <label class="wide">Search<input id="filter-text" type="search" placeholder="flush, BLK-037, Driver.reset …"></label>
    <label>Status<select id="filter-status"><option value="">all</option>%s</select></label>
    <label>Level<select id="filter-level"><option value="">all</option>%s</select></label>
    <output id="filter-count" aria-live="polite"></output>
    </form>
    <div class="scroll"><table id="clause-table">
    <thead><tr><th scope="col">Clause<th scope="col">Level<th scope="col">Requirement<th scope="col">Status<th scope="col">Covered by</tr></thead>
    <tbody>
    %s
    </tbody></table></div>
    </section>\
    """
        .formatted(
            summary(verdict),
            Arrays.stream(ClauseStatus.values())
                .filter(status -> verdict.count(status) > 0)
                .map(s ->
                    "<option value=\"%s\">%s (%d)</option>"
                        .formatted(s.name(), s.title(), verdict.count(s)))
                .collect(Collectors.joining()),
            Arrays.stream(Level.values())
                .map(level ->
                    "<option value=\"%1$s\">%1$s %2$s</option>".formatted(level, level.title()))
                .collect(Collectors.joining()),
            shown.stream().map(ClauseTable::row).collect(Collectors.joining("\n")));
  }

  private static String summary(Verdict verdict) {
    return Arrays.stream(ClauseStatus.values())
            .filter(status -> verdict.count(status) > 0)
            .map(status -> verdict.count(status) + " " + status.title())
            .collect(Collectors.joining(", "))
        + ".";
  }

  private static String row(ClauseVerdict clause) {
    ClauseStatus status = clause.status();
    return """
    <tr class="%1$s" data-status="%1$s" data-level="%2$s"><td class="id">%3$s</td><td>%2$s%4$s</td>\
    <td>%5$s<span class="source">%6$s</span></td>\
    <td><span class="pill %1$s"><span aria-hidden="true">%7$s</span>%8$s</span>%9$s</td><td class="tests">%10$s</td></tr>\
    """
        .formatted(
            status.name(),
            clause.requirement().verifiedAt(),
            clause.requirement().id(),
            clause.requirement().isMust() ? "" : "<br><span class=\"should\">should</span>",
            text(clause.requirement().text()),
            text(clause.requirement().source()),
            mark(status),
            status.title(),
            clause.reason().isEmpty()
                ? ""
                : "<span class=\"why\">%s</span>".formatted(Markup.name(clause.reason())),
            clause.tests().stream()
                .map(TestCase::name)
                .map(Markup::name)
                .collect(Collectors.joining(", ")));
  }

  private static String mark(ClauseStatus status) {
    return switch (status) {
      case PASSED -> "✓";
      case FAILED -> "✕";
      case UNPROVEN -> "?";
      case WAIVED -> "!";
      case NOT_APPLICABLE, NOT_REQUESTED -> "–";
    };
  }
}
