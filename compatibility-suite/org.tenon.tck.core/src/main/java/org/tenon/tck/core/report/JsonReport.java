package org.tenon.tck.core.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Map;
import org.tenon.tck.core.evidence.CrashImages;
import org.tenon.tck.core.evidence.Evidence;
import org.tenon.tck.core.evidence.Latency;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseVerdict;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.LevelVerdict;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.core.verdict.Verdict;
import org.tenon.tck.core.verdict.Waiver;

/**
 * The report for machines. Its form is spec/schemas/certification-report.schema.json: a field
 * changes there first.
 */
public final class JsonReport {
  /** The version of the form. */
  static final int FORMAT = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonReport() {}

  /** The report as text. */
  public static String render(RunReport report) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    ObjectNode subject = root.putObject("subject");
    subject.put("id", report.subject().value());
    subject.put("profile", report.profile());
    subject.put("command", report.command());
    facts(subject.putObject("facts"), report.facts());
    run(root.putObject("run"), report);
    facts(root.putObject("environment"), report.environment());
    verdict(root.putObject("verdict"), report.verdict());
    ArrayNode tests = root.putArray("tests");
    report.results().forEach(result -> test(tests.addObject(), result));
    evidence(root.putObject("evidence"), report.evidence());
    ArrayNode expired = root.putArray("expiredWaivers");
    report.expired().forEach(waiver -> waiver(expired.addObject(), waiver));
    try {
      return JSON.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static void run(ObjectNode node, RunReport report) {
    node.put("started", report.started().toString());
    node.put("millis", report.took().toMillis());
    node.put("seed", report.options().seed().toString());
    node.put("level", report.options().level().name());
    texts(node.putArray("tiers"), report.tiers());
    node.put("keepsDataOnly", report.options().keepsDataOnly());
    texts(node.putArray("selected"), report.options().tests());
    node.put("whole", report.options().isWhole());
    node.put("passed", report.passed());
  }

  private static void verdict(ObjectNode node, Verdict verdict) {
    node.put("reached", verdict.reached().map(Enum::name).orElse(null));
    node.put("passed", verdict.passed());
    ArrayNode levels = node.putArray("levels");
    for (LevelVerdict level : verdict.levels()) {
      ObjectNode one = levels.addObject();
      one.put("level", level.level().name());
      one.put("title", level.level().title());
      one.put("requested", level.requested());
      one.put("reached", level.reached());
      one.put("mustClauses", level.own());
      one.put("satisfied", level.satisfied());
      texts(one.putArray("blockers"), level.blockers());
    }
    ArrayNode clauses = node.putArray("clauses");
    verdict.clauses().forEach(clause -> clause(clauses.addObject(), clause));
  }

  private static void clause(ObjectNode node, ClauseVerdict clause) {
    node.put("id", clause.requirement().id().toString());
    node.put("obligation", clause.requirement().obligation().name());
    node.put("since", clause.requirement().since().toString());
    node.put("verifiedAt", clause.requirement().verifiedAt().name());
    node.put("source", clause.requirement().source());
    node.put("text", clause.requirement().text());
    node.put("status", clause.status().name());
    node.put("reason", clause.reason());
    texts(node.putArray("tests"), clause.tests().stream().map(test -> test.name()).toList());
    clause.waiver().ifPresent(waiver -> waiver(node.putObject("waiver"), waiver));
  }

  private static void waiver(ObjectNode node, Waiver waiver) {
    node.put("clause", waiver.clause().toString());
    node.put("owner", waiver.owner());
    node.put("reason", waiver.reason());
    node.put("expires", waiver.expires().toString());
  }

  private static void test(ObjectNode node, TestResult result) {
    node.put("name", result.test().name());
    node.put("group", result.test().group());
    node.put("level", result.test().level().name());
    node.put("tier", result.test().tier().name());
    node.put("keepsData", result.test().keepsData());
    texts(node.putArray("clauses"), result.test().clauses());
    node.put("millis", result.took().toMillis());
    node.put(
        "outcome",
        switch (result.outcome()) {
          case Outcome.Passed passed -> "PASSED";
          case Outcome.Failed failed -> "FAILED";
          case Outcome.NotApplicable notApplicable -> "NOT_APPLICABLE";
          case Outcome.NotRun notRun -> "NOT_RUN";
        });
    node.put("reason", result.passed() ? "" : result.outcome().summary());
    ArrayNode failures = node.putArray("failures");
    for (Failure failure : result.failures()) {
      ObjectNode one = failures.addObject();
      one.put("clause", failure.clause().toString());
      one.put("expected", failure.expected());
      one.put("actual", failure.actual());
      one.put("seed", failure.seed().toString());
      one.put("rerun", failure.rerun());
      one.put("trace", failure.trace());
    }
  }

  private static void evidence(ObjectNode node, Evidence evidence) {
    facts(node.putObject("facts"), evidence.facts());
    ArrayNode latencies = node.putArray("latencies");
    for (Latency latency : evidence.latencies()) {
      ObjectNode one = latencies.addObject();
      one.put("series", latency.series());
      one.put("samples", latency.samples());
      ObjectNode nanos = one.putObject("nanos");
      for (double percent : new double[] {0, 50, 90, 99, 99.9, 100}) {
        nanos.put(
            "p" + (percent == Math.rint(percent) ? Long.toString((long) percent) : percent),
            latency.percentile(percent));
      }
    }
    ArrayNode crashes = node.putArray("crashImages");
    for (CrashImages cell : evidence.crashes()) {
      ObjectNode one = crashes.addObject();
      one.put("scenario", cell.scenario());
      one.put("cut", cell.cut());
      one.put("after", cell.after());
      one.put("images", cell.images());
      one.put("violations", cell.violations());
    }
  }

  private static void facts(ObjectNode node, Map<String, String> facts) {
    facts.forEach(node::put);
  }

  private static void texts(ArrayNode node, Collection<?> values) {
    values.forEach(value -> node.add(value.toString()));
  }
}
