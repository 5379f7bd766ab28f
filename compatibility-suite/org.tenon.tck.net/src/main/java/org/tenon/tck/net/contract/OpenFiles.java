package org.tenon.tck.net.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the process has open beside Java's own jars. */
final class OpenFiles {
  private static final Path OPEN = Path.of("/proc/self/fd");

  private OpenFiles() {}

  /** How many devices, sockets, pipes and plain files; 0 where the system does not say. */
  static long count() {
    if (!Files.isDirectory(OPEN)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(OPEN)) {
      return open.filter(OpenFiles::counts).count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean counts(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return !target.endsWith(".jar") && !target.endsWith("modules");
    } catch (IOException e) {
      return false;
    }
  }
}
