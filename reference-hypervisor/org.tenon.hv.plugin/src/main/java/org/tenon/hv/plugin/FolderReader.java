package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Takes in an unpacked bundle, by the same rules as an archive. */
final class FolderReader {
  private FolderReader() {}

  /**
   * Copies what a bundle may hold.
   *
   * @throws BundleException if the folder holds anything else
   */
  static void copy(Path folder, Staging into) throws IOException, BundleException {
    copy(folder, "", into);
  }

  private static void copy(Path folder, String prefix, Staging into)
      throws IOException, BundleException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        BasicFileAttributes kind =
            Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String name = prefix + child.getFileName() + (kind.isDirectory() ? "/" : "");
        BundleLayout.check(name);
        if (kind.isDirectory()) {
          copy(child, name, into);
        } else if (kind.isRegularFile()) {
          try (InputStream content = Files.newInputStream(child, LinkOption.NOFOLLOW_LINKS)) {
            into.add(name, content);
          }
        } else {
          throw new BundleException(
              "entry '%s' is a %s; only plain files are accepted"
                  .formatted(name, kind.isSymbolicLink() ? "symbolic link" : "special file"));
        }
      }
    }
  }
}
