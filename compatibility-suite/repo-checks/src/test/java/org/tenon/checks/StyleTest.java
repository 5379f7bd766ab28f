package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.ConfigurationLoader;
import com.puppycrawl.tools.checkstyle.PropertiesExpander;
import com.puppycrawl.tools.checkstyle.api.AuditEvent;
import com.puppycrawl.tools.checkstyle.api.AuditListener;
import com.puppycrawl.tools.checkstyle.api.CheckstyleException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes, and public types without a word of explanation: see style.xml beside this class. */
class StyleTest {
  @Test
  void everySourceKeepsTheStyle() throws CheckstyleException {
    List<Path> sources =
        Repository.sources().stream().filter(source -> !isModuleDescriptor(source)).toList();

    assertThat(sources.size()).isGreaterThan(30);
    assertThat(complaints(sources)).isEmpty();
  }

  @Test
  void seesALongMethodAndAnUndocumentedType(@TempDir Path folder)
      throws IOException, CheckstyleException {
    Path source = folder.resolve("Wrong.java");
    Files.writeString(
        source, "public class Wrong {\n  void f() {\n" + "    g();\n".repeat(60) + "  }\n}\n");

    assertThat(complaints(List.of(source)))
        .anyMatch(complaint -> complaint.contains("MethodLength"))
        .anyMatch(complaint -> complaint.contains("MissingJavadocType"));
  }

  private static boolean isModuleDescriptor(Path source) {
    return source.endsWith("module-info.java");
  }

  private static List<String> complaints(List<Path> sources) throws CheckstyleException {
    List<String> complaints = new ArrayList<>();
    Checker checker = new Checker();
    try {
      checker.setModuleClassLoader(Checker.class.getClassLoader());
      checker.configure(
          ConfigurationLoader.loadConfiguration(
              StyleTest.class.getResource("style.xml").toString(),
              new PropertiesExpander(new Properties())));
      checker.addListener(new Collector(complaints));
      checker.process(sources.stream().map(Path::toFile).map(File::getAbsoluteFile).toList());
    } finally {
      checker.destroy();
    }
    return complaints;
  }

  private record Collector(List<String> complaints) implements AuditListener {
    @Override
    public void addError(AuditEvent event) {
      String check = event.getSourceName().substring(event.getSourceName().lastIndexOf('.') + 1);
      complaints.add(
          "%s:%d: %s: %s"
              .formatted(event.getFileName(), event.getLine(), check, event.getMessage()));
    }

    @Override
    public void addException(AuditEvent event, Throwable thrown) {
      complaints.add(event.getFileName() + ": " + thrown);
    }

    @Override
    public void auditStarted(AuditEvent event) {}

    @Override
    public void auditFinished(AuditEvent event) {}

    @Override
    public void fileStarted(AuditEvent event) {}

    @Override
    public void fileFinished(AuditEvent event) {}
  }
}
