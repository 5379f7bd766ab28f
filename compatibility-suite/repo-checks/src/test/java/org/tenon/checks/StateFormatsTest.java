package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.state.StateFormat;

/**
 * Every state record is what spec/hardware/state-formats.txt says. A new record or version, never a
 * change of one that is released, is accepted with
 *
 * <pre>
 * mvn -q test -Dtest=StateFormatsTest -Dsurefire.failIfNoSpecifiedTests=false -Dtenon.state=accept
 * </pre>
 */
class StateFormatsTest {
  private static final Path GOLDEN = Repository.root().resolve("spec/hardware/state-formats.txt");

  @Test
  void stateFormatsAreTheGoldenOnes() throws IOException {
    Stream<Class<?>> records =
        new ClassFileImporter()
            .importPaths(Repository.shippedClasses()).stream()
                .filter(type -> type.isAnnotatedWith(StateFormat.class))
                .map(JavaClass::reflect);
    String now = StateFormatDump.of(records);
    if ("accept".equals(System.getProperty("tenon.state"))) {
      Files.writeString(GOLDEN, now);
    }
    assertThat(now)
        .as("a state format changed: give it a new version, as docs/reference/saved-state.md says")
        .isEqualTo(Files.readString(GOLDEN))
        .contains("machine 1\n", "machine 2\n", "virtio-blk 1\n", "nvme 1\n");
  }

  @StateFormat(name = "sample", version = 1)
  record Sample(int number, Optional<Part> part, List<Part> parts) {}

  record Part(long value) {}

  @StateFormat(name = "sample", version = 3, before = Sample.class)
  record Skips(int number) {}

  @StateFormat(name = "sample", version = 1)
  record Same(int number) {}

  @Test
  void seesEveryComponentAndEveryGap() {
    assertThat(StateFormatDump.of(Stream.of(Sample.class)))
        .isEqualTo(
            """
            sample 1
              number int
              part Optional of record
                value long
              parts List of record
                value long
            """);
    assertThatThrownBy(() -> StateFormatDump.of(Stream.of(Sample.class, Skips.class)))
        .hasMessageContaining("Skips: sample 3");
    assertThatThrownBy(() -> StateFormatDump.of(Stream.of(Sample.class, Same.class)))
        .hasMessageContaining("sample 1 is there twice");
  }
}
