package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tenon command as this build made it, and other programs, run as a user runs them. */
final class BuiltCommand {
  private static final Path APP =
      Repository.root().resolve("reference-hypervisor/org.tenon.hv.app/target/app");

  /** How a program ended, and what it said; carriage returns are left out. */
  record Ended(int status, String out, String err) {}

  private BuiltCommand() {}

  /**
   * Runs {@code tenon} at the root of the checkout, with nothing on its standard input.
   *
   * @param folder takes its output meanwhile
   * @param environment what it finds there besides ours
   */
  static Ended tenon(Path folder, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(folder, environment, command(arguments));
  }

  /**
   * Starts {@code tenon} likewise, for whoever reads its output while it runs.
   *
   * @param err takes what it says on its standard error
   */
  static Process start(Path err, Map<String, String> environment, String... arguments)
      throws IOException {
    ProcessBuilder process =
        new ProcessBuilder(command(arguments))
            .directory(Repository.root().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(err.toFile());
    process.environment().putAll(environment);
    return process.start();
  }

  private static List<String> command(String... arguments) throws IOException {
    assertThat(APP).as("the application: run mvn verify, not mvn test").isDirectory();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=ALL-MODULE-PATH",
                "--module-path",
                jars("sdk"),
                "--class-path",
                jars("lib"),
                "-Dtenon.home=" + Repository.root(),
                "org.tenon.hv.app.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs another program, also where only the superuser's PATH has it. */
  static Ended tool(Path folder, String name, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/env", name));
    command.addAll(List.of(arguments));
    return run(folder, Map.of(), command);
  }

  private static Ended run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(Repository.root().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().putAll(environment);
    process.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    int status = process.start().waitFor();
    return new Ended(status, read(out), read(err));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1).replace("\r", "");
  }

  private static String jars(String name) throws IOException {
    try (Stream<Path> jars = Files.list(APP.resolve(name))) {
      return jars.map(Path::toString).sorted().collect(Collectors.joining(":"));
    }
  }
}
