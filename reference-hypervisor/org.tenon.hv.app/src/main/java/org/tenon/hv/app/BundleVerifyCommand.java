package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.plugin.Bundle;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.LoadedBundle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code tenon bundle verify}: whether a bundle can be loaded, and whether its factories keep the
 * manifest's word.
 */
@Command(
    name = "verify",
    header = "Check that a bundle can be loaded and keeps its manifest's word.",
    description = {
      "",
      "Reads the bundle, then makes its driver factories, which runs their constructors. Opens no"
          + " driver."
    },
    footer = {
      "",
      "Exit status: 0 loadable, 1 its code breaks a clause, 2 it is no bundle or none for this"
          + " version."
    })
final class BundleVerifyCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "BUNDLE",
      description = "A bundle, an unpacked bundle's folder, or a Maven project that makes one.")
  private @Nullable Path path;

  BundleVerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException, BundleException, AgainstSubjectException {
    if (path == null) {
      throw new InputException("which bundle? name a file or folder");
    }
    try (ExitGuard guard = ExitGuard.watch(BundlePath.open(path, console), console)) {
      Bundle bundle = guard.bundle();
      LoadedBundle loaded = BundlePath.load(bundle);
      console.print(
          "%s  %s is loadable, with %d driver(s)  sha256:%s"
              .formatted(console.good("ok"), bundle, loaded.factories().size(), bundle.digest()));
    }
    return ExitStatus.OK;
  }
}
