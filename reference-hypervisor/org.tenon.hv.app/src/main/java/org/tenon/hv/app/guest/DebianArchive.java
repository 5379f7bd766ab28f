package org.tenon.hv.app.guest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** A Debian binary package: an ar archive that holds a compressed tar archive of files (deb(5)). */
final class DebianArchive {
  private static final long LARGEST_FILE = 256L << 20;

  private DebianArchive() {}

  /**
   * Reads the regular files whose path is wanted.
   *
   * @param wanted decides by path, such as {@code boot/vmlinuz-6.1.0}
   * @return the contents by path
   */
  static Map<String, byte[]> read(Path deb, Predicate<String> wanted) throws GuestException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(deb));
        ArArchiveInputStream archive = new ArArchiveInputStream(file)) {
      for (ArArchiveEntry entry = archive.getNextEntry();
          entry != null;
          entry = archive.getNextEntry()) {
        if (entry.getName().startsWith("data.tar")) {
          return readTar(decompress(entry.getName(), archive), wanted);
        }
      }
    } catch (IOException e) {
      throw new GuestException(deb + " is no readable Debian package: " + e.getMessage(), e);
    }
    throw new GuestException(deb + " holds no data.tar: it is no Debian binary package");
  }

  private static InputStream decompress(String name, InputStream in) throws IOException {
    return switch (name) {
      case "data.tar" -> in;
      case "data.tar.gz" -> new GzipCompressorInputStream(in);
      case "data.tar.xz" -> new XZCompressorInputStream(in);
      default ->
          throw new IOException("its files are packed as " + name + ", which is not supported");
    };
  }

  private static Map<String, byte[]> readTar(InputStream in, Predicate<String> wanted)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String path = entry.getName().replaceFirst("^\\./", "");
        if (entry.isFile() && wanted.test(path)) {
          if (entry.getSize() > LARGEST_FILE) {
            throw new IOException(path + " has " + entry.getSize() + " bytes");
          }
          files.put(path, tar.readAllBytes());
        }
      }
    }
    return files;
  }
}
