package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.Optional;
import org.tenon.hv.plugin.Bundle;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.BundleLoader;
import org.tenon.hv.plugin.BundleReader;
import org.tenon.hv.plugin.LoadedBundle;

/**
 * What a user names as a bundle: an archive, an unpacked bundle, or a Maven project that makes one.
 */
final class BundlePath {
  private BundlePath() {}

  /** Opens it; the caller closes it. */
  static Bundle open(Path path, Console console) throws InputException, BundleException {
    Optional<ProjectFolder> project = ProjectFolder.find(path, console);
    return project.isPresent() ? project.get().bundle() : BundleReader.open(path);
  }

  /** Loads an open bundle; what fails now is the subject's fault. */
  static LoadedBundle load(Bundle bundle) throws AgainstSubjectException {
    try {
      return BundleLoader.load(bundle);
    } catch (BundleException e) {
      throw new AgainstSubjectException(e);
    }
  }
}
