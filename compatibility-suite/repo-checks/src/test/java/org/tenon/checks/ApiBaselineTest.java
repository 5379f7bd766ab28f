package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The public API is what governance/baselines says. A change that is meant is accepted, and shows
 * in review, with
 *
 * <pre>
 * mvn -q test -Dtest=ApiBaselineTest -Dsurefire.failIfNoSpecifiedTests=false -Dtenon.api=accept
 * </pre>
 */
class ApiBaselineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sdk-api/org.tenon.api",
        "sdk-spi/org.tenon.spi",
        "sdk-spi/org.tenon.spi.block",
        "sdk-spi/org.tenon.spi.device",
        "sdk-spi/org.tenon.spi.net",
      })
  void theApiIsAsItsBaselineSays(String module) throws IOException {
    Path folder = Repository.root().resolve(module);
    Path baseline =
        Repository.root().resolve("governance/baselines/" + folder.getFileName() + ".api.txt");
    String now = ApiDump.of(publicTypes(folder.resolve("target/classes")));
    assertThat(now).contains(" class ");

    if ("accept".equals(System.getProperty("tenon.api"))) {
      Files.createDirectories(baseline.getParent());
      Files.writeString(baseline, now);
    }
    assertThat(now)
        .as(
            "the public API changed: undo it, or accept it with -Dtest=ApiBaselineTest"
                + " -Dtenon.api=accept and say why in CHANGELOG.md")
        .isEqualTo(Files.readString(baseline));
  }

  @Test
  void seesEveryKindOfChange() {
    String dump = ApiDump.of(List.of(Surface.class, Surface.Part.class));

    assertThat(dump)
        .contains("LIMIT = 42")
        .contains("java.util.List<java.lang.String> org.tenon.checks.Surface.names(")
        .contains("throws java.io.IOException")
        .contains("component int size")
        .contains("permits org.tenon.checks.Surface$Part");
  }

  private static List<Class<?>> publicTypes(Path classes) {
    return new ClassFileImporter()
        .importPath(classes).stream().<Class<?>>map(JavaClass::reflect).toList();
  }
}
