package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same inputs give the same console bytes, instruction count and machine time: in every new
 * process, interpreted or compiled, in one go or saved and restored.
 */
@Timeout(120)
class SameRunTest {
  private static final String INTERPRETED = "-Dtenon.sim.compileThreshold=0";
  private static final String COMPILED = "-Dtenon.sim.compileThreshold=50";

  @TempDir private Path folder;

  private static String run(String mode, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", mode));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LettersRun.class.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return printed;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void interpretedAndCompiled(int processors) throws IOException, InterruptedException {
    String interpreted = run(INTERPRETED, processors);
    assertThat(interpreted.indexOf(' ')).isEqualTo(processors * LettersKernel.EACH);
    assertThat(run(INTERPRETED, processors)).as("again").isEqualTo(interpreted);
    assertThat(run(COMPILED, processors)).as("compiled").isEqualTo(interpreted);
  }

  @Test
  void inOneGoOrSavedAndRestoredInANewProcess() throws IOException, InterruptedException {
    String whole = run(COMPILED, 4);
    for (int letters : new int[] {1, 333, 799}) {
      Path file = folder.resolve("saved");
      String before = run(COMPILED, 4, letters, file);
      assertThat(before).hasSize(letters);
      assertThat(before + run(COMPILED, 4, file)).as("saved at %d", letters).isEqualTo(whole);
    }
  }
}
