package org.tenon.hv.app.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

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
          "e1000.ko",
          "virtio_console.ko",
          "rng-core.ko",
          "virtio-rng.ko",
          "virtio_balloon.ko",
          "vsock.ko",
          "vmw_vsock_virtio_transport_common.ko",
          "vmw_vsock_virtio_transport.ko");

  private Initramfs() {}

  /**
   * Makes one.
   *
   * @param busybox a static busybox
   * @param modules kernel modules by file name; only those of {@link #MODULES} are taken
   */
  public static byte[] make(byte[] busybox, Map<String, byte[]> modules) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      CpioArchive archive = new CpioArchive(zip);
      write(archive, busybox, modules);
      archive.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(CpioArchive archive, byte[] busybox, Map<String, byte[]> modules)
      throws IOException {
    archive.folder("dev");
    archive.device("dev/console", 5, 1);
    archive.device("dev/null", 1, 3);
    archive.program("bin/busybox", busybox);
    StringBuilder order = new StringBuilder();
    for (String module : MODULES) {
      byte[] content = modules.get(module);
      if (content != null) {
        archive.file("modules/" + module, content);
        order.append(module).append('\n');
      }
    }
    archive.file("modules/order", order.toString().getBytes(StandardCharsets.US_ASCII));
    try (InputStream init = Initramfs.class.getResourceAsStream("init.sh")) {
      archive.program("init", Objects.requireNonNull(init, "init.sh").readAllBytes());
    }
  }
}
