package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The archive whose bytes depend on nothing but the content: entries by name, one fixed time, and
 * stored rather than deflated, because deflaters differ from machine to machine and jars are packed
 * already.
 */
final class CanonicalArchive {
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
  private static final int CHUNK = 64 << 10;

  private CanonicalArchive() {}

  /** Writes the archive of a staged bundle. */
  static void write(Path folder, OutputStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(folder)) {
      files =
          tree.filter(Files::isRegularFile)
              .sorted((a, b) -> name(folder, a).compareTo(name(folder, b)))
              .toList();
    }
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(name(folder, file));
        entry.setTimeLocal(TIME);
        entry.setSize(Files.size(file));
        entry.setCrc(crc(file));
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  /** The SHA-256 of the archive of a staged bundle, in hexadecimal digits. */
  static String digest(Path folder) throws IOException {
    Sha256 digest = new Sha256();
    write(folder, digest.sink());
    return digest.hex();
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static long crc(Path file) throws IOException {
    CRC32 crc = new CRC32();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] chunk = new byte[CHUNK];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        crc.update(chunk, 0, read);
      }
    }
    return crc.getValue();
  }
}
