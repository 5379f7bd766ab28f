package org.tenon.hv.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The words of a command line that name a driver; the same for every command that takes one. */
final class SubjectArguments {
  @Parameters(
      paramLabel = "SUBJECT",
      description = "A bundle, an unpacked bundle's folder, or a Maven project that makes one.")
  private @Nullable Path path;

  @Option(
      names = "--driver",
      paramLabel = "ID",
      description = "Which driver, where the bundle has several.")
  private @Nullable String driver;

  /** Where the bundle is. */
  Path path() throws InputException {
    if (path == null) {
      throw new InputException("which driver? name a bundle, a folder or a project");
    }
    return path;
  }

  /** The driver's id; null where the bundle has only one. */
  @Nullable String driver() {
    return driver;
  }
}
