package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A private folder that takes in a bundle's files, so that what was checked is what is loaded. It
 * refuses more files or bytes than {@link BundleLimits} allows; {@link #close()} removes it with
 * all it holds.
 */
final class Staging implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Staging.class.getName());
  private static final String ANY = "tenon-bundle-";
  private static final int CHUNK = 64 << 10;

  /** Held by the process that uses the folder for as long as it lives. */
  private static final String LOCK = "in-use";

  /** A younger folder may not have its lock yet. */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private final Path root;
  private final FileChannel inUse;
  private int files;
  private long bytes;

  private Staging(Path root, FileChannel inUse) {
    this.root = root;
    this.inUse = inUse;
  }

  /** A new, empty one, which no other user of the machine can read. */
  static Staging create() throws IOException {
    Path root = Files.createTempDirectory(prefix());
    removeAbandoned(root.resolveSibling(""));
    FileChannel inUse =
        FileChannel.open(
            root.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    inUse.lock();
    Files.createDirectory(root.resolve("files"));
    return new Staging(root, inUse);
  }

  /** Names the process; only what other processes left is ever removed as abandoned. */
  static String prefix() {
    return ANY + ProcessHandle.current().pid() + "-";
  }

  /** Removes what processes that were killed have left: nobody holds its lock any more. */
  static void removeAbandoned(Path parent) throws IOException {
    FileTime settled = FileTime.from(Instant.now().minus(SETTLED));
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, ANY + "*")) {
      for (Path each : found) {
        if (!String.valueOf(each.getFileName()).startsWith(prefix())) {
          removeIfAbandoned(each, settled);
        }
      }
    }
  }

  private static void removeIfAbandoned(Path root, FileTime settled) {
    try {
      if (Files.getLastModifiedTime(root, LinkOption.NOFOLLOW_LINKS).compareTo(settled) > 0) {
        return;
      }
      boolean abandoned;
      try (FileChannel lock =
          FileChannel.open(
              root.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        abandoned = lock.tryLock() != null;
      }
      if (abandoned) {
        Files.walkFileTree(root, new Remover());
      }
    } catch (IOException e) {
      // Another user's, or another process was quicker: theirs to remove.
      LOG.log(Level.DEBUG, "left as it is: " + root, e);
    }
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
    inUse.close();
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
