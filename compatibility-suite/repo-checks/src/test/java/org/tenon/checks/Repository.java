package org.tenon.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checkout under check. Every list refuses to be empty: a check that saw nothing proves
 * nothing.
 */
final class Repository {
  private static final List<String> GROUPS =
      List.of(
          "sdk-api",
          "sdk-spi",
          "reference-hypervisor",
          "driver-kit",
          "compatibility-suite",
          "samples");

  private Repository() {}

  static Path root() {
    return Path.of(System.getProperty("tenon.root"));
  }

  /** The folders of all modules that hold code. */
  static List<Path> modules() {
    return GROUPS.stream()
        .flatMap(group -> children(root().resolve(group)))
        .filter(module -> Files.isDirectory(module.resolve("src")))
        .sorted()
        .toList();
  }

  /** All Java sources, tests included. */
  static List<Path> sources() {
    return modules().stream()
        .flatMap(module -> walk(module.resolve("src")))
        .filter(file -> file.toString().endsWith(".java"))
        .toList();
  }

  /** The class folders of what is shipped. */
  static List<Path> shippedClasses() {
    return modules().stream()
        .filter(module -> Files.isDirectory(module.resolve("src/main/java")))
        .map(module -> built(module, "target/classes"))
        .toList();
  }

  /** The class folders of the tests, but for this module's own, which breaks rules on purpose. */
  static List<Path> testClasses() {
    return modules().stream()
        .filter(module -> !module.endsWith("repo-checks"))
        .filter(module -> Files.isDirectory(module.resolve("src/test/java")))
        .map(module -> built(module, "target/test-classes"))
        .toList();
  }

  private static Path built(Path module, String folder) {
    Path classes = module.resolve(folder);
    if (!Files.isDirectory(classes)) {
      throw new IllegalStateException(
          module
              + " has sources but no "
              + folder
              + ": add it to repo-checks/pom.xml so that it is built first");
    }
    return classes;
  }

  private static Stream<Path> children(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> walk(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
