package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens a bundle, archive or folder, and checks all that can be checked while none of its code
 * runs.
 */
public final class BundleReader {
  private BundleReader() {}

  /**
   * Opens a bundle. On failure nothing is left behind.
   *
   * @param origin an archive or an unpacked bundle's folder
   * @return to be closed by the caller
   * @throws BundleException if it is no bundle, or none for this version; the message starts with
   *     the origin
   */
  public static Bundle open(Path origin) throws BundleException {
    return open(origin, origin);
  }

  /** Opens what lies at one path and speaks of it by the name of another. */
  static Bundle open(Path path, Path origin) throws BundleException {
    @Nullable Staging files = null;
    try {
      checkThere(path);
      files = Staging.create();
      Bundle bundle = stage(path, origin, files);
      files = null;
      return bundle;
    } catch (BundleException e) {
      throw new BundleException(origin + ": " + e.getMessage(), e.clause().orElse(null), e);
    } catch (IOException e) {
      throw new BundleException(origin + ": cannot be read (" + OneLine.thrown(e) + ")", e);
    } finally {
      discard(files);
    }
  }

  private static Bundle stage(Path path, Path origin, Staging files)
      throws IOException, BundleException {
    String digest;
    if (Files.isDirectory(path)) {
      FolderReader.copy(path, files);
      digest = CanonicalArchive.digest(files.folder());
    } else {
      digest = ArchiveReader.unpack(path, files);
    }
    Path manifestFile = files.folder().resolve(BundleLayout.MANIFEST);
    if (!Files.isRegularFile(manifestFile, LinkOption.NOFOLLOW_LINKS)) {
      throw new BundleException(
          "there is no tenon-bundle.json at its top; " + BundleLayout.ACCEPTED);
    }
    BundleManifest manifest;
    try (InputStream in = Files.newInputStream(manifestFile)) {
      manifest = ManifestReader.read(in.readNBytes(BundleLimits.MANIFEST_BYTES + 1));
    }
    return new Bundle(
        origin, digest, manifest, BundleModules.read(manifest, jars(files.folder())), files);
  }

  private static void checkThere(Path origin) throws IOException, BundleException {
    if (!Files.exists(origin)) {
      throw new BundleException(
          "there is no such file; give a bundle (.tenon), or an unpacked bundle's folder");
    }
    if (!Files.isDirectory(origin) && !Files.isRegularFile(origin)) {
      throw new BundleException(
          "is no plain file; give a bundle (.tenon), or an unpacked bundle's folder");
    }
    if (Files.isRegularFile(origin) && Files.size(origin) > BundleLimits.ARCHIVE_BYTES) {
      throw new BundleException(
          "the archive has more than %d MiB; that much is accepted at most"
              .formatted(BundleLimits.ARCHIVE_BYTES >> 20));
    }
  }

  private static Map<String, Path> jars(Path folder) throws IOException {
    Map<String, Path> jars = new TreeMap<>();
    Path libraries = folder.resolve(BundleLayout.LIBRARIES);
    if (Files.isDirectory(libraries)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(libraries)) {
        files.forEach(file -> jars.put(BundleLayout.LIBRARIES + file.getFileName(), file));
      }
    }
    return jars;
  }

  private static void discard(@Nullable Staging files) throws BundleException {
    if (files == null) {
      return;
    }
    try {
      files.close();
    } catch (IOException e) {
      throw new BundleException(
          "the private copy " + files.folder() + " cannot be removed; remove it by hand", e);
    }
  }
}
