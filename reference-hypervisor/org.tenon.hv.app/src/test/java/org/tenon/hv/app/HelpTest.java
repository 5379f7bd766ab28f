package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every command helps itself; the texts together are the reference,
 * target/reference/command-line.txt.
 */
class HelpTest {
  private static final Path REFERENCE = Path.of("target/reference/command-line.txt");

  static Stream<String> commands() {
    List<String> names = new ArrayList<>();
    collect(commandLine(), names);
    assertThat(names).contains("tenon", "tenon certify", "tenon bundle create");
    return names.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void tellsWhatItDoes(String name) {
    String text = help(name);
    assertThat(text).contains("Usage: " + name).doesNotContain("\u001b");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
  }

  @Test
  void togetherTheyAreTheReference() throws IOException {
    Files.createDirectories(REFERENCE.getParent());
    Files.writeString(REFERENCE, commands().map(HelpTest::help).collect(Collectors.joining("\n")));
    assertThat(REFERENCE).content().contains("Usage: tenon certify", "Exit status: 0");
  }

  private static String help(String name) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false, false);
    List<String> words =
        new ArrayList<>(List.of(name.split(" ", -1)).subList(1, name.split(" ", -1).length));
    words.add("--help");
    assertThat(new Main(console).run(words.toArray(String[]::new))).isZero();
    assertThat(err.toString()).isEmpty();
    return out.toString();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void describesEveryWordItTakes(String name) {
    CommandLine command = commandLine();
    for (String word : List.of(name.split(" ", -1)).subList(1, name.split(" ", -1).length)) {
      command = Objects.requireNonNull(command.getSubcommands().get(word));
    }
    assertThat(command.getCommandSpec().usageMessage().header()).isNotEmpty();
    assertThat(command.getCommandSpec().args())
        .allSatisfy(arg -> assertThat(arg.description()).isNotEmpty());
  }

  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return new Main(new Console(nowhere, nowhere, false, false)).commandLine();
  }

  private static void collect(CommandLine command, List<String> names) {
    names.add(command.getCommandSpec().qualifiedName());
    command.getSubcommands().values().forEach(sub -> collect(sub, names));
  }
}
