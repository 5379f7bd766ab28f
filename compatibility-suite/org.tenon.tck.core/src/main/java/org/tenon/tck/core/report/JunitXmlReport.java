package org.tenon.tck.core.report;

import java.io.StringWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;

/** The report for build servers, in the form that they have learnt from Ant's JUnit task. */
public final class JunitXmlReport {
  private JunitXmlReport() {}

  /** The report as text. */
  public static String render(RunReport report) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "tenon." + report.subject());
      xml.writeAttribute("timestamp", report.started().toString());
      xml.writeAttribute("time", seconds(report.took().toMillis()));
      xml.writeAttribute("tests", Integer.toString(report.results().size()));
      xml.writeAttribute(
          "failures",
          Long.toString(report.results().stream().filter(r -> !r.failures().isEmpty()).count()));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute(
          "skipped",
          Long.toString(
              report.results().stream()
                  .filter(r -> !r.passed() && r.failures().isEmpty())
                  .count()));
      xml.writeStartElement("properties");
      property(xml, "seed", report.options().seed().toString());
      property(xml, "level", report.options().level().name());
      property(xml, "reached", report.verdict().reached().map(Enum::name).orElse("none"));
      xml.writeEndElement();
      for (TestResult result : report.results()) {
        test(xml, report, result);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string takes every character", e);
    }
    return text + "\n";
  }

  private static void test(XMLStreamWriter xml, RunReport report, TestResult result)
      throws XMLStreamException {
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", report.subject() + "." + result.test().group());
    xml.writeAttribute("name", result.test().name());
    xml.writeAttribute("time", seconds(result.took().toMillis()));
    switch (result.outcome()) {
      case Outcome.Passed passed -> {}
      case Outcome.Failed failed -> {
        // Readers of this form expect one failure for a test: the first is the element, all are its
        // text.
        Failure first = failed.failures().getFirst();
        xml.writeStartElement("failure");
        xml.writeAttribute("type", first.clause().toString());
        xml.writeAttribute(
            "message",
            clean(first.clause() + ": expected " + first.expected() + ", but " + first.actual()));
        xml.writeCharacters(
            clean(
                failed.failures().stream()
                    .map(JunitXmlReport::text)
                    .collect(Collectors.joining("\n"))));
        xml.writeEndElement();
      }
      case Outcome.NotApplicable notApplicable ->
          skipped(xml, "not applicable: " + notApplicable.reason());
      case Outcome.NotRun notRun -> skipped(xml, "not run: " + notRun.reason());
    }
    xml.writeEndElement();
  }

  private static String text(Failure failure) {
    return """
    clause   %s
    expected %s
    actual   %s
    seed     %s
    rerun    %s

    %s
    """
        .formatted(
            failure.clause(),
            failure.expected(),
            failure.actual(),
            failure.seed(),
            failure.rerun(),
            failure.trace());
  }

  private static void skipped(XMLStreamWriter xml, String message) throws XMLStreamException {
    xml.writeEmptyElement("skipped");
    xml.writeAttribute("message", clean(message));
  }

  private static void property(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeEmptyElement("property");
    xml.writeAttribute("name", name);
    xml.writeAttribute("value", value);
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
  }

  /** What a driver says may hold characters that XML 1.0 has no way to write. */
  private static String clean(String text) {
    return text.codePoints()
        .map(c ->
            c == '\n' || c == '\t' || (c >= ' ' && c != 0xFFFE && c != 0xFFFF && !isSurrogate(c))
                ? c
                : '\uFFFD')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
