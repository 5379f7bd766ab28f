package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Makes bundles: the same bytes for the same content, whenever and wherever. */
public final class BundleWriter {
  private BundleWriter() {}

  /**
   * Makes a bundle and opens it, so that what is written is known to be readable. The file appears
   * whole or not at all.
   *
   * @param manifest the file to become {@code tenon-bundle.json}
   * @param jars the modular jars, with file names that differ
   * @param papers LICENSE, NOTICE or README.md files
   * @param archive where to write; what is there is replaced
   * @return the bundle, to be closed by the caller
   * @throws BundleException if a file cannot be read or written, or the result would be refused
   */
  public static Bundle create(Path manifest, List<Path> jars, List<Path> papers, Path archive)
      throws BundleException {
    Path folder = archive.toAbsolutePath().getParent();
    try (Staging files = Staging.create()) {
      add(files, BundleLayout.MANIFEST, manifest);
      for (Path jar : jars) {
        add(files, BundleLayout.LIBRARIES + jar.getFileName(), jar);
      }
      for (Path paper : papers) {
        add(files, String.valueOf(paper.getFileName()), paper);
      }
      Files.createDirectories(folder);
      Path draft = Files.createTempFile(folder, ".tenon-", ".tmp");
      try {
        try (OutputStream out = Files.newOutputStream(draft)) {
          CanonicalArchive.write(files.folder(), out);
        }
        BundleReader.open(draft, archive).close();
        move(draft, archive);
      } finally {
        Files.deleteIfExists(draft);
      }
      return BundleReader.open(archive);
    } catch (IOException e) {
      throw new BundleException(archive + ": cannot be written (" + OneLine.thrown(e) + ")", e);
    }
  }

  private static void add(Staging files, String name, Path file)
      throws IOException, BundleException {
    BundleLayout.check(name);
    try (InputStream content = Files.newInputStream(file)) {
      files.add(name, content);
    }
  }

  private static void move(Path draft, Path archive) throws IOException {
    try {
      Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, archive, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
