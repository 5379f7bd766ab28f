package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Unpacks an archive that nobody vouches for. */
final class ArchiveReader {
  private static final byte[] MAGIC = {'P', 'K', 3, 4};

  private ArchiveReader() {}

  /**
   * Unpacks what a bundle may hold, from a private copy, so that the digest is that of what was
   * unpacked.
   *
   * @return the archive's SHA-256 in hexadecimal digits
   * @throws BundleException if the file is no zip archive, is damaged, or holds anything else
   */
  static String unpack(Path archive, Staging into) throws IOException, BundleException {
    Sha256 digest = new Sha256();
    try (InputStream in = Files.newInputStream(archive);
        OutputStream copy = Files.newOutputStream(into.archive(), StandardOpenOption.CREATE_NEW)) {
      digest.copy(in, copy, BundleLimits.ARCHIVE_BYTES);
    }
    checkMagic(into.archive());
    unpackCopy(into.archive(), into);
    Files.delete(into.archive());
    return digest.hex();
  }

  private static void checkMagic(Path archive) throws IOException, BundleException {
    try (InputStream in = Files.newInputStream(archive)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new BundleException(
            "no zip archive; make one with 'tenon bundle create', or name an unpacked bundle's"
                + " folder");
      }
    }
  }

  private static void unpackCopy(Path archive, Staging into) throws IOException, BundleException {
    try (BoundedChannel channel =
            new BoundedChannel(FileChannel.open(archive), BundleLimits.DIRECTORY_BYTES);
        ZipFile zip = open(channel)) {
      unpack(zip, into);
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
  }

  private static ZipFile open(BoundedChannel channel) throws BundleException {
    try {
      ZipFile zip = ZipFile.builder().setSeekableByteChannel(channel).get();
      channel.unbound();
      return zip;
    } catch (IOException | RuntimeException e) {
      if (channel.isPassed()) {
        throw new BundleException(
            "the archive's directory is too long; at most %d files are accepted"
                .formatted(BundleLimits.ENTRIES),
            e);
      }
      throw damaged(e);
    }
  }

  /** The library meets a damaged archive with exceptions of both kinds. */
  private static BundleException damaged(Exception met) {
    return new BundleException(
        "damaged zip archive (%s); make it anew".formatted(OneLine.thrown(met)), met);
  }

  private static void unpack(ZipFile zip, Staging into) throws IOException, BundleException {
    Set<String> seen = new HashSet<>();
    for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
      String name = entry.getName();
      BundleLayout.check(name);
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new BundleException("entry " + OneLine.quote(name) + " stands there twice; keep one");
      }
      checkKind(zip, entry);
      if (!entry.isDirectory()) {
        extract(zip, entry, into);
      }
    }
  }

  private static void checkKind(ZipFile zip, ZipArchiveEntry entry) throws BundleException {
    int kind = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
    if (kind != 0 && kind != UnixStat.FILE_FLAG && kind != UnixStat.DIR_FLAG) {
      throw new BundleException(
          "entry '%s' is a %s; only plain files are accepted"
              .formatted(
                  entry.getName(), entry.isUnixSymlink() ? "symbolic link" : "special file"));
    }
    int method = entry.getMethod();
    if (!zip.canReadEntryData(entry)
        || (method != ZipEntry.STORED && method != ZipEntry.DEFLATED)) {
      throw new BundleException(
          "entry '%s' is encrypted or packed in an unusual way; stored and deflated entries are accepted"
              .formatted(entry.getName()));
    }
  }

  private static void extract(ZipFile zip, ZipArchiveEntry entry, Staging into)
      throws IOException, BundleException {
    try (CheckedInputStream content =
        new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
      into.add(entry.getName(), content);
      if (content.getChecksum().getValue() != entry.getCrc()) {
        throw new BundleException(
            "entry '%s' is damaged: its checksum differs; make the archive anew"
                .formatted(entry.getName()));
      }
    }
  }
}
