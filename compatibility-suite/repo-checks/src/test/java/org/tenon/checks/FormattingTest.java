package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every source is as google-java-format writes it. With {@code -Dtenon.format=apply} the check
 * mends what it finds:
 *
 * <pre>
 * mvn -q test -Dtest=FormattingTest -Dsurefire.failIfNoSpecifiedTests=false -Dtenon.format=apply
 * </pre>
 */
class FormattingTest {
  private final Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());

  @Test
  void everySourceIsFormatted() throws IOException, FormatterException {
    boolean apply = "apply".equals(System.getProperty("tenon.format"));
    List<Path> sources = Repository.sources();
    List<Path> astray = new ArrayList<>();
    for (Path source : sources) {
      String text = Files.readString(source);
      String formatted = format(text);
      if (!formatted.equals(text)) {
        if (apply) {
          Files.writeString(source, formatted);
        } else {
          astray.add(Repository.root().relativize(source));
        }
      }
    }
    assertThat(sources.size()).isGreaterThan(30);
    assertThat(astray)
        .as(
            "run: mvn -q test -Dtest=FormattingTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dtenon.format=apply")
        .isEmpty();
  }

  @Test
  void seesAnUnformattedSource() throws FormatterException {
    String text = "class  A{ }\n";

    assertThat(format(text)).isNotEqualTo(text);
  }

  private String format(String text) throws FormatterException {
    String ordered =
        ImportOrderer.reorderImports(
            RemoveUnusedImports.removeUnusedImports(text), JavaFormatterOptions.Style.GOOGLE);
    return formatter.formatSource(ordered);
  }
}
