package org.tenon.tck.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.evidence.CrashImages;
import org.tenon.tck.core.evidence.Evidence;
import org.tenon.tck.core.evidence.Latency;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.core.verdict.VerdictFormula;
import org.tenon.tck.core.verdict.Waiver;
import org.tenon.tck.core.verdict.Waivers;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Requirements CLAUSES = Requirements.of("driver.yaml", "block.yaml");
  private static final Identifier DRIVER = new Identifier("block-x");
  private static final Seed SEED = new Seed(0x5EED);

  /** What a hostile driver may say of itself. */
  private static final String NASTY = "</pre><script>alert('x')</script>&\u0000\uFFFF ]]>";

  private static RunReport report(boolean failing) {
    List<TestCase> suite = new ArrayList<>();
    List<TestResult> results = new ArrayList<>();
    CLAUSES
        .all()
        .forEach(clause -> {
          TestCase test =
              new TestCase(
                  "Of" + clause.id(),
                  "Group",
                  clause.verifiedAt(),
                  Tier.CONTRACT,
                  List.of(clause.id()),
                  true,
                  new TreeSet<>());
          suite.add(test);
          results.add(new TestResult(test, outcome(failing, clause.id()), Duration.ofMillis(7)));
        });
    Waiver waiver =
        new Waiver(
            ClauseId.parse("BLK-062"), DRIVER, "lab@example.com", NASTY, LocalDate.of(2027, 1, 1));
    Waivers waivers = new Waivers(failing ? List.of(waiver) : List.of());
    RunOptions options = RunOptions.of(Level.L3, SEED).withWaivers(waivers);
    return new RunReport(
        DRIVER,
        "Block drivers",
        "./tenon certify samples/block-x",
        new TreeMap<>(Map.of("bundle", NASTY)),
        new TreeMap<>(Map.of("java", "25")),
        options,
        Tier.BASE,
        Instant.parse("2026-11-22T14:00:00Z"),
        Duration.ofSeconds(31),
        new VerdictFormula(
                CLAUSES, suite, results, Tier.BASE, waivers, DRIVER, LocalDate.of(2026, 11, 22))
            .judge(Level.L3),
        results,
        new Evidence(
            List.of(
                new Latency("read 4 KiB", new long[] {900, 1_000, 250_000}),
                new Latency("flush", new long[] {5_000_000})),
            List.of(
                new CrashImages("flush", 1, "after WRITE", 12, 0),
                new CrashImages("flush", 2, NASTY, 40, failing ? 3 : 0)),
            new TreeMap<>()),
        List.of(waiver));
  }

  private static Outcome outcome(boolean failing, ClauseId clause) {
    if (!failing) {
      return new Outcome.Passed();
    }
    return switch (clause.toString()) {
      case "BLK-016", "BLK-062" ->
          new Outcome.Failed(
              List.of(
                  new Failure(
                      clause,
                      "block 3 holds 0x01",
                      NASTY,
                      SEED,
                      "./tenon certify x",
                      "at " + NASTY)));
      case "BLK-044" -> new Outcome.NotApplicable("discard was not agreed");
      case "BLK-065" -> new Outcome.NotRun("no hypervisor");
      default -> new Outcome.Passed();
    };
  }

  @Test
  void jsonFollowsItsPublishedSchema() throws IOException {
    for (boolean failing : new boolean[] {false, true}) {
      JsonNode json = JSON.readTree(JsonReport.render(report(failing)));
      assertThat(schema().validate(json)).isEmpty();
      assertThat(json.at("/verdict/passed").booleanValue()).isEqualTo(!failing);
    }
  }

  @Test
  void jsonOfARunWithoutTestsFollowsTheSchemaToo() throws IOException {
    RunReport whole = report(false);
    RunReport empty =
        new RunReport(
            DRIVER,
            whole.profile(),
            whole.command(),
            whole.facts(),
            whole.environment(),
            whole.options(),
            new TreeSet<>(),
            whole.started(),
            whole.took(),
            new VerdictFormula(
                    CLAUSES,
                    List.of(),
                    List.of(),
                    Tier.BASE,
                    Waivers.none(),
                    DRIVER,
                    LocalDate.of(2026, 11, 22))
                .judge(Level.L3),
            List.of(),
            new Evidence(List.of(), List.of(), new TreeMap<>()),
            List.of());
    assertThat(schema().validate(JSON.readTree(JsonReport.render(empty)))).isEmpty();
    assertThat(HtmlReport.render(empty)).contains("reaches no level");
  }

  @Test
  void schemaSeesAWrongReport() throws IOException {
    JsonNode json =
        JSON.readTree(JsonReport.render(report(true)).replace("\"FAILED\"", "\"SKIPPED\""));
    assertThat(schema().validate(json)).isNotEmpty();
  }

  @Test
  void junitXmlIsWellFormedWhateverADriverSays() throws Exception {
    Document xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(JunitXmlReport.render(report(true)))));
    assertThat(xml.getElementsByTagName("testcase").getLength()).isEqualTo(CLAUSES.all().size());
    assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(2);
    assertThat(xml.getDocumentElement().getAttribute("failures")).isEqualTo("2");
    assertThat(xml.getElementsByTagName("skipped").getLength()).isEqualTo(2);
  }

  @Test
  void pageStandsAloneAndRunsNothingThatADriverSays() {
    for (boolean failing : new boolean[] {false, true}) {
      String page = HtmlReport.render(report(failing));
      assertThat(page)
          .doesNotContain("<script>alert")
          .doesNotContain("src=")
          .doesNotContain("@import")
          .doesNotContain("http");
      assertThat(page.split("<script>", -1)).hasSize(2);
      CLAUSES.all().forEach(clause -> assertThat(page).contains(">" + clause.id() + "<"));
    }
  }

  @Test
  void pageOfAFailureTellsAllThatIsNeeded() {
    String page = HtmlReport.render(report(true));
    assertThat(page)
        .contains("Not passed: L3 Durable")
        .contains("block 3 holds 0x01")
        .contains("./tenon certify x")
        .contains(SEED.toString())
        .contains("discard was not agreed")
        .contains("no hypervisor")
        .contains("lab@example.com")
        .contains("class=\"broken\"");
    assertThat(HtmlReport.render(report(false)))
        .contains("Passed: L3 Durable")
        .doesNotContain("id=\"failures\"");
  }

  private static Schema schema() throws IOException {
    try (InputStream in =
        ReportTest.class.getResourceAsStream(
            "/org/tenon/spec/schemas/certification-report.schema.json")) {
      return SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(JSON.readTree(in));
    }
  }
}
