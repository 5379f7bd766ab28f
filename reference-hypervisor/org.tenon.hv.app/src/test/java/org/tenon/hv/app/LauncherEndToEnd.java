package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the launcher builds, and what it says when it cannot. */
class LauncherEndToEnd {
  private static final String SOURCE = "reference-hypervisor/org.tenon.hv.app/src/main/java/A.java";
  private static final String TEST = "reference-hypervisor/org.tenon.hv.app/src/test/java/T.java";

  private static final String BUILDING =
      """
      tenon: building …
      tenon: building 1 of 2
      tenon: building 2 of 2
      """;

  @TempDir Path root;
  private LauncherHome tenon;

  @BeforeEach
  void make() throws IOException {
    tenon = new LauncherHome(root);
  }

  @Test
  void buildsOnceAndAgainWhenSourcesChange() throws IOException {
    LauncherHome.Ended first = tenon.run("--help");
    assertThat(first.err()).isEqualTo(BUILDING);
    assertThat(first.out()).contains("Usage: tenon");
    assertThat(tenon.run("--help").err()).isEmpty();
    touch(TEST);
    assertThat(tenon.run("--help").err()).isEmpty();
    assertThat(tenon.builds()).isEqualTo(1);

    touch(SOURCE);
    assertThat(tenon.run("--help").err()).isEqualTo(BUILDING);
    assertThat(tenon.builds()).isEqualTo(2);
  }

  @Test
  void buildsOnceForTwoThatStartAtOnce() throws IOException {
    LauncherHome.Running one = tenon.start(Map.of(), "--version");
    LauncherHome.Running two = tenon.start(Map.of(), "--version");
    assertThat(one.end().status()).isZero();
    assertThat(two.end().status()).isZero();
    assertThat(tenon.builds()).isEqualTo(1);
  }

  @Test
  void buildsTheProjectThatTheCommandNames() throws IOException {
    tenon.run("--version");
    tenon.write("samples/disk/pom.xml", "<project/>");
    tenon.run("bundle", "inspect", "samples/disk");
    assertThat(Files.readAllLines(root.resolve("mvn.log")).getLast())
        .contains("-pl samples/disk -am package");
  }

  @Test
  void saysWhyTheBuildFails() throws IOException {
    tenon.write("mvn.fails", "");
    LauncherHome.Ended ended = tenon.run("--help");
    assertThat(ended.status()).isEqualTo(3);
    assertThat(ended.err())
        .contains("tenon: the build failed: no semicolon at Disk.java:3; see " + root);
    assertThat(root.resolve("target/tenon/current")).doesNotExist();
  }

  @Test
  void saysWhereItLookedForAJdk() throws IOException {
    String here = Files.readString(root.resolve("tenon"));
    Files.writeString(
        root.resolve("tenon"),
        here.replace("/usr/lib/jvm", root + "/none").replace("/opt/", root + "/none/"));
    String nothing = Files.createDirectories(root.resolve("nothing")).toString();
    LauncherHome.Ended ended =
        tenon
            .start(
                Map.of(
                    "JAVA_HOME", nothing, "HOME", nothing, "PATH", root.resolve("bin").toString()),
                "--help")
            .end();
    assertThat(ended.err())
        .startsWith("tenon: no JDK 25 found (looked at JAVA_HOME, ")
        .endsWith("set JAVA_HOME to it\n");
    assertThat(ended.status()).isEqualTo(2);
  }

  private void touch(String source) throws IOException {
    Files.setLastModifiedTime(root.resolve(source), FileTime.from(Instant.now().plusSeconds(1)));
  }
}
