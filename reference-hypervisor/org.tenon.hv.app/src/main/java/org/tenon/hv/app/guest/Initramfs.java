package org.tenon.hv.app.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * An initial RAM disk: busybox, a start script, and the kernel modules the guest loads first, as a
 * gzip-compressed cpio archive in the "newc" format that Linux unpacks. The same inputs give the
 * same bytes.
 */
public final class Initramfs {
  /**
   * Modules in the order in which they are loaded; a kernel that has one built in lacks the file.
   */
  public static final List<String> MODULES =
      List.of(
          "virtio_ring.ko",
          "virtio.ko",
          "virtio_pci_modern_dev.ko",
          "virtio_pci_legacy_dev.ko",
          "virtio_pci.ko",
          "virtio_blk.ko",
          "crc16.ko",
          "mbcache.ko",
          "jbd2.ko",
          "crc32c_generic.ko",
          "ext4.ko",
          "failover.ko",
          "net_failover.ko",
          "virtio_net.ko",
          "virtio_console.ko",
          "rng-core.ko",
          "virtio-rng.ko",
          "virtio_balloon.ko",
          "vsock.ko",
          "vmw_vsock_virtio_transport_common.ko",
          "vmw_vsock_virtio_transport.ko");

  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  private final CpioArchiveOutputStream cpio;
  private int inode = 1;

  private Initramfs(OutputStream out) {
    cpio = new CpioArchiveOutputStream(out, CpioConstants.FORMAT_NEW);
  }

  /**
   * Makes one.
   *
   * @param busybox a static busybox
   * @param modules kernel modules by file name; only those of {@link #MODULES} are taken
   */
  public static byte[] make(byte[] busybox, Map<String, byte[]> modules) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      Initramfs archive = new Initramfs(zip);
      archive.write(busybox, modules);
      archive.cpio.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void write(byte[] busybox, Map<String, byte[]> modules) throws IOException {
    folder("bin");
    folder("dev");
    folder("modules");
    device("dev/console", 5, 1);
    device("dev/null", 1, 3);
    file("bin/busybox", EXECUTABLE, busybox);
    StringBuilder order = new StringBuilder();
    for (String module : MODULES) {
      byte[] content = modules.get(module);
      if (content != null) {
        file("modules/" + module, PLAIN, content);
        order.append(module).append('\n');
      }
    }
    file("modules/order", PLAIN, order.toString().getBytes(StandardCharsets.US_ASCII));
    try (InputStream init = Initramfs.class.getResourceAsStream("init.sh")) {
      file("init", EXECUTABLE, Objects.requireNonNull(init, "init.sh").readAllBytes());
    }
  }

  private CpioArchiveEntry entry(String path, long mode, long size) {
    CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path, size);
    entry.setMode(mode);
    entry.setInode(inode++);
    entry.setNumberOfLinks(1);
    entry.setTime(0);
    return entry;
  }

  private void folder(String path) throws IOException {
    cpio.putArchiveEntry(entry(path, CpioConstants.C_ISDIR | EXECUTABLE, 0));
    cpio.closeArchiveEntry();
  }

  private void device(String path, int major, int minor) throws IOException {
    CpioArchiveEntry entry = entry(path, CpioConstants.C_ISCHR | 0600, 0);
    entry.setRemoteDeviceMaj(major);
    entry.setRemoteDeviceMin(minor);
    cpio.putArchiveEntry(entry);
    cpio.closeArchiveEntry();
  }

  private void file(String path, int mode, byte[] content) throws IOException {
    cpio.putArchiveEntry(entry(path, CpioConstants.C_ISREG | mode, content.length));
    cpio.write(content);
    cpio.closeArchiveEntry();
  }
}
