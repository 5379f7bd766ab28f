package org.tenon.hv.app;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds a partner's project with the Maven on PATH. Projects inside the Tenon tree are built by
 * the launcher, together with the SDK that they need.
 */
final class MavenBuild {
  private final Path folder;
  private final Console console;

  MavenBuild(Path folder, Console console) {
    this.folder = folder;
    this.console = console;
  }

  /**
   * Runs {@code mvn package} without tests, its output in a log file.
   *
   * @throws InputException if the project does not build; the message holds Maven's first error and
   *     names the log
   */
  void run() throws InputException, IOException {
    Path log = folder.resolve("target/tenon-build.log");
    Files.createDirectories(folder.resolve("target"));
    console.err().println("tenon: building " + folder + " with Maven …");
    int status;
    try {
      status =
          new ProcessBuilder("mvn", "--batch-mode", "--quiet", "-DskipTests", "package")
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
    } catch (IOException e) {
      throw new InputException(
          folder + ": mvn cannot be started; install Maven 3.8.7 or later and put it on PATH", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InputException(folder + ": the build was interrupted", e);
    }
    if (status != 0) {
      throw new InputException(
          "%s: the project does not build: %s; see %s".formatted(folder, firstError(log), log));
    }
  }

  private static String firstError(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    return lines.stream()
        .filter(line -> line.startsWith("[ERROR] ") && line.length() > "[ERROR] ".length())
        .map(line -> line.substring("[ERROR] ".length()).strip())
        .findFirst()
        .orElse("Maven says no more");
  }
}
