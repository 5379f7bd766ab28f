package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A private folder that takes in a bundle's files, so that what was checked is what is loaded. It
 * refuses more files or bytes than {@link BundleLimits} allows; {@link #close()} removes it with
 * all it holds.
 */
final class Staging implements AutoCloseable {
  private static final int CHUNK = 64 << 10;

  private final Path root;
  private int files;
  private long bytes;

  private Staging(Path root) {
    this.root = root;
  }

  /** A new, empty one, which no other user of the machine can read. */
  static Staging create() throws IOException {
    Path root = Files.createTempDirectory(prefix());
    Files.createDirectory(root.resolve("files"));
    return new Staging(root);
  }

  /** Names the process, so that what a killed one left is told apart. */
  static String prefix() {
    return "tenon-bundle-" + ProcessHandle.current().pid() + "-";
  }

  /** Where the bundle's files are, by their names inside the bundle. */
  Path folder() {
    return root.resolve("files");
  }

  /** Where a copy of the archive may be put while it is unpacked. */
  Path archive() {
    return root.resolve("archive");
  }

  /**
   * Takes in one file.
   *
   * @param name a name that {@link BundleLayout#check} let pass
   * @throws BundleException if a limit is passed, or if the file is there already
   */
  void add(String name, InputStream content) throws IOException, BundleException {
    Path file = folder().resolve(name);
    if (++files > BundleLimits.ENTRIES) {
      throw new BundleException(
          "the bundle has too many files; at most %d are accepted".formatted(BundleLimits.ENTRIES));
    }
    if (BundleLayout.isLibrary(name)) {
      Files.createDirectories(folder().resolve(BundleLayout.LIBRARIES));
    }
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] chunk = new byte[CHUNK];
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        bytes += read;
        if (bytes > BundleLimits.UNPACKED_BYTES) {
          throw new BundleException(
              "the bundle's files have more than %d MiB when unpacked (reached in '%s'); that much is accepted at most"
                  .formatted(BundleLimits.UNPACKED_BYTES >> 20, name));
        }
        out.write(chunk, 0, read);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(root)) {
      Files.walkFileTree(root, new Remover());
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
