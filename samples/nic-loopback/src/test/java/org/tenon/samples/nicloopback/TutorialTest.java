package org.tenon.samples.nicloopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tutorial's snippets are the sample's code, word for word. */
class TutorialTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern SNIPPET =
      Pattern.compile("<!-- (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

  @Test
  void everySnippetIsCompiledCode() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/tutorials/first-nic-driver.md"));
    int snippets = 0;
    for (MatchResult snippet : SNIPPET.matcher(page).results().toList()) {
      String source = Files.readString(ROOT.resolve(snippet.group(1)));
      assertThat(words(source)).as(snippet.group(1)).contains(words(snippet.group(2)));
      snippets++;
    }
    assertThat(snippets).isGreaterThan(5).isEqualTo(page.split("```java", -1).length - 1);
  }

  private static String words(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
