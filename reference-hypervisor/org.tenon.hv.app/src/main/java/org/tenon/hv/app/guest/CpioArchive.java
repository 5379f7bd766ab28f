package org.tenon.hv.app.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * Writes a cpio archive in the "newc" format that Linux unpacks as its initial RAM disk. Linux
 * takes several, one after another, each compressed or not. The same calls give the same bytes. For
 * one thread.
 */
public final class CpioArchive {
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;
  private static final int SECRET_DEVICE = 0600;

  private final CpioArchiveOutputStream cpio;
  private final Set<String> folders = new TreeSet<>();
  private int inode = 1;

  /** An archive that goes there; {@link #finish()} ends it. */
  CpioArchive(OutputStream out) {
    cpio = new CpioArchiveOutputStream(out, CpioConstants.FORMAT_NEW);
  }

  /** What an archive is filled with. */
  @FunctionalInterface
  public interface Content {
    /** Fills it. */
    void writeTo(CpioArchive archive) throws IOException;
  }

  /** An archive that is not compressed. */
  public static byte[] of(Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CpioArchive archive = new CpioArchive(out);
      content.writeTo(archive);
      archive.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A folder, and those above it, unless the archive has them. */
  void folder(String path) throws IOException {
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      folder(path.substring(0, slash));
    }
    if (folders.add(path)) {
      cpio.putArchiveEntry(entry(path, CpioConstants.C_ISDIR | EXECUTABLE, 0));
      cpio.closeArchiveEntry();
    }
  }

  /** A character device. */
  void device(String path, int major, int minor) throws IOException {
    CpioArchiveEntry entry = entry(path, CpioConstants.C_ISCHR | SECRET_DEVICE, 0);
    entry.setRemoteDeviceMaj(major);
    entry.setRemoteDeviceMin(minor);
    cpio.putArchiveEntry(entry);
    cpio.closeArchiveEntry();
  }

  /** A file that can be run, in a folder that is made where it is missing. */
  public void program(String path, byte[] content) throws IOException {
    put(path, EXECUTABLE, content);
  }

  /** A file, in a folder that is made where it is missing. */
  public void file(String path, byte[] content) throws IOException {
    put(path, PLAIN, content);
  }

  private void put(String path, int permissions, byte[] content) throws IOException {
    int slash = path.lastIndexOf('/');
    if (slash > 0) {
      folder(path.substring(0, slash));
    }
    cpio.putArchiveEntry(entry(path, CpioConstants.C_ISREG | permissions, content.length));
    cpio.write(content);
    cpio.closeArchiveEntry();
  }

  private CpioArchiveEntry entry(String path, long mode, long size) {
    CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path, size);
    entry.setMode(mode);
    entry.setInode(inode++);
    entry.setNumberOfLinks(1);
    entry.setTime(0);
    return entry;
  }

  /** Writes the end. */
  void finish() throws IOException {
    cpio.finish();
  }
}
