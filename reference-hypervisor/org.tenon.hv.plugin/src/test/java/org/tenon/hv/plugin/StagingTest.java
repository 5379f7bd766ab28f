package org.tenon.hv.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What killed processes leave behind is removed by the next, and nothing else is. */
class StagingTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.EPOCH);

  @TempDir Path temp;

  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    Path left = folder("tenon-bundle-1-left", LONG_AGO);
    Staging.removeAbandoned(temp);
    assertThat(left).doesNotExist();
  }

  @Test
  void whatAnotherProcessUsesStays() throws IOException {
    Path used = folder("tenon-bundle-1-used", LONG_AGO);
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                used.resolve("in-use").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('!');
      Staging.removeAbandoned(temp);
      assertThat(used.resolve("files/driver.jar")).exists();
    } finally {
      holder.destroyForcibly().onExit().join();
    }
    Staging.removeAbandoned(temp);
    assertThat(used).doesNotExist();
  }

  @Test
  void whatIsBeingMadeStays() throws IOException {
    Path young = folder("tenon-bundle-1-young", FileTime.from(Instant.now()));
    Staging.removeAbandoned(temp);
    assertThat(young).exists();
  }

  @Test
  void whatIsNotABundlesStays() throws IOException {
    Path other = folder("tenon-report", LONG_AGO);
    Path unlocked = Files.createDirectory(temp.resolve("tenon-bundle-1-unlocked"));
    Files.setLastModifiedTime(unlocked, LONG_AGO);
    Staging.removeAbandoned(temp);
    assertThat(other).exists();
    assertThat(unlocked).exists();
  }

  private Path folder(String name, FileTime modified) throws IOException {
    Path root = Files.createDirectories(temp.resolve(name));
    Files.createFile(root.resolve("in-use"));
    Files.createDirectory(root.resolve("files"));
    Files.writeString(root.resolve("files/driver.jar"), "x");
    Files.setLastModifiedTime(root, modified);
    return root;
  }

  /** A process that uses a folder until it is killed. */
  static final class Holder {
    private Holder() {}

    /** Takes the lock, says so, and waits. */
    public static void main(String[] arguments) throws IOException {
      try (FileChannel lock = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
        lock.lock();
        System.out.write('!');
        System.out.flush();
        var _ = System.in.read();
      }
    }
  }
}
