package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Tenon tree for the real launcher, with a {@code mvn} that only lays down the application which
 * the real Maven has just assembled, and counts how often it was asked to.
 */
final class LauncherHome {
  /** How one invocation ended. */
  record Ended(int status, String out, String err) {}

  /** One invocation under way; its output goes to files, so that it never waits for a reader. */
  record Running(Process process, Path streams) {
    Ended end() throws IOException {
      try {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException("the command did not end within two minutes");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return new Ended(
          process.exitValue(),
          Files.readString(streams.resolve("out")),
          Files.readString(streams.resolve("err")));
    }
  }

  final Path root;
  final Path temp;

  LauncherHome(Path root) throws IOException {
    this.root = root;
    this.temp = Files.createDirectories(root.resolve("temp"));
    for (String group :
        List.of(
            "spec",
            "sdk-api",
            "sdk-spi",
            "reference-hypervisor",
            "driver-kit",
            "compatibility-suite")) {
      Files.createDirectories(root.resolve(group));
    }
    write("pom.xml", "<project/>");
    write("reference-hypervisor/org.tenon.hv.app/src/main/java/A.java", "class A {}");
    write("reference-hypervisor/org.tenon.hv.app/src/test/java/T.java", "class T {}");
    executable("tenon", Files.readString(Path.of("../../tenon")));
    executable("bin/mvn", mvn());
  }

  private String mvn() {
    return """
    #!/bin/sh
    echo "$*" >> "%1$s/mvn.log"
    if [ -f "%1$s/mvn.fails" ]; then echo '[ERROR] no semicolon at Disk.java:3'; exit 1; fi
    echo '[INFO] Building spec 1.0 [1/2]'
    echo '[INFO] Building app 1.0  [2/2]'
    mkdir -p reference-hypervisor/org.tenon.hv.app/target
    cp -R "%2$s" reference-hypervisor/org.tenon.hv.app/target/app
    """
        .formatted(root, Path.of("target/app").toAbsolutePath());
  }

  Path write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** How often Maven was started. */
  int builds() throws IOException {
    Path log = root.resolve("mvn.log");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  Ended run(String... arguments) throws IOException {
    return start(Map.of(), arguments).end();
  }

  Running start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(root.resolve("tenon").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder process = command(command);
    process.environment().putAll(environment);
    Path streams = Files.createTempDirectory(root, "streams");
    process
        .redirectOutput(streams.resolve("out").toFile())
        .redirectError(streams.resolve("err").toFile());
    return new Running(process.start(), streams);
  }

  /** A command with the surroundings that the launcher needs. */
  ProcessBuilder command(List<String> command) {
    ProcessBuilder process = new ProcessBuilder(command).directory(root.toFile());
    process.environment().put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
    process.environment().put("JAVA_HOME", System.getProperty("java.home"));
    process.environment().put("TENON_JAVA_OPTS", "-Djava.io.tmpdir=" + temp);
    return process;
  }

  private void executable(String name, String text) throws IOException {
    if (!write(name, text).toFile().setExecutable(true)) {
      throw new IOException(name + " cannot be made executable");
    }
  }
}
