package org.tenon.tck.core.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the parts of the page share. */
final class Markup {
  private Markup() {}

  /** Text as it may stand in an element or a quoted attribute, whoever wrote it. */
  static String text(Object value) {
    StringBuilder safe = new StringBuilder();
    value
        .toString()
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> safe.append("&amp;");
            case '<' -> safe.append("&lt;");
            case '>' -> safe.append("&gt;");
            case '"' -> safe.append("&quot;");
            case '\'' -> safe.append("&#39;");
            default -> safe.appendCodePoint(c);
          }
        });
    return safe.toString();
  }

  /** A list of facts. */
  static String facts(Map<String, String> facts) {
    StringBuilder list = new StringBuilder("<dl class=\"facts\">");
    facts.forEach(
        (name, value) -> list.append("<dt>%s</dt><dd>%s</dd>".formatted(text(name), text(value))));
    return list.append("</dl>").toString();
  }

  /** The name of a test, which may be broken between its words. */
  static String name(String test) {
    return text(test).replaceAll("(?<=[a-z])(?=[A-Z])", "<wbr>");
  }

  /** "1 clause", "2 clauses". */
  static String count(long number, String singular) {
    return number + " " + singular + (number == 1 ? "" : "s");
  }

  /** A file that lies beside this class. */
  static String resource(String name) {
    try (InputStream in = Markup.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the suite's jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
