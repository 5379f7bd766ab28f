package org.tenon.hv.app.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestFetchTest {
  @TempDir private Path folder;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Map<String, CpioArchiveEntry> entries(byte[] initramfs) throws IOException {
    Map<String, CpioArchiveEntry> entries = new LinkedHashMap<>();
    try (CpioArchiveInputStream in =
        new CpioArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(initramfs)))) {
      for (CpioArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), entry);
      }
    }
    return entries;
  }

  @Test
  void theInitialRamDiskHoldsWhatTheKernelStarts() throws IOException {
    byte[] made =
        Initramfs.make(
            ascii("busybox"), Map.of("virtio.ko", ascii("module"), "other.ko", ascii("no")));
    Map<String, CpioArchiveEntry> entries = entries(made);
    assertThat(entries)
        .containsOnlyKeys(
            "bin",
            "dev",
            "modules",
            "dev/console",
            "dev/null",
            "bin/busybox",
            "modules/virtio.ko",
            "modules/order",
            "init");
    assertThat(entries.get("init")).returns(0100755L, CpioArchiveEntry::getMode);
    assertThat(entries.get("dev/console"))
        .returns(5L, CpioArchiveEntry::getRemoteDeviceMaj)
        .returns(1L, CpioArchiveEntry::getRemoteDeviceMin);
    assertThat(
            Initramfs.make(
                ascii("busybox"), Map.of("virtio.ko", ascii("module"), "other.ko", ascii("no"))))
        .as("the same inputs give the same bytes")
        .isEqualTo(made);
  }

  private Path debianPackage(String path, String content) throws IOException {
    ByteArrayOutputStream tarred = new ByteArrayOutputStream();
    try (OutputStream xz = new XZCompressorOutputStream(tarred);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
      TarArchiveEntry entry = new TarArchiveEntry("./" + path);
      entry.setSize(content.length());
      tar.putArchiveEntry(entry);
      tar.write(ascii(content));
      tar.closeArchiveEntry();
    }
    Path file = folder.resolve("package.deb");
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      ar.putArchiveEntry(new ArArchiveEntry("debian-binary", 4));
      ar.write(ascii("2.0\n"));
      ar.closeArchiveEntry();
      ar.putArchiveEntry(new ArArchiveEntry("data.tar.xz", tarred.size()));
      tarred.writeTo(ar);
      ar.closeArchiveEntry();
    }
    return file;
  }

  @Test
  void filesOfADebianPackageAreRead() throws IOException, GuestException {
    Path file = debianPackage("boot/vmlinuz-6.1", "kernel");
    assertThat(DebianArchive.read(file, path -> path.startsWith("boot/")))
        .containsOnlyKeys("boot/vmlinuz-6.1")
        .allSatisfy((path, content) -> assertThat(content).isEqualTo(ascii("kernel")));
    assertThat(DebianArchive.read(file, path -> false)).isEmpty();
  }

  @Test
  void whatIsNoPackageIsSaidToBeNone() throws IOException {
    Path file = folder.resolve("broken.deb");
    Files.write(file, ascii("this is no package at all"));
    assertThatThrownBy(() -> DebianArchive.read(file, path -> true))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("broken.deb");
  }

  @Test
  void filesOfTheUsersNeedNoApt() throws IOException, GuestException {
    Path kernel = Files.write(folder.resolve("bzImage"), ascii("kernel"));
    Path busybox = Files.write(folder.resolve("busybox"), ascii("busybox"));
    GuestStore store = new GuestStore(folder.resolve("store"));
    assertThat(store.isComplete()).isFalse();
    new GuestFetch(store, DebianKernel.CLOUD, line -> {})
        .fetch(Optional.of(kernel), Optional.of(busybox));
    assertThat(store.isComplete()).isTrue();
    assertThat(store.kernel()).hasBinaryContent(ascii("kernel"));
    assertThat(entries(Files.readAllBytes(store.initramfs()))).containsKey("bin/busybox");
    GuestFetch missing = new GuestFetch(store, DebianKernel.CLOUD, line -> {});
    assertThatThrownBy(
            () -> missing.fetch(Optional.of(folder.resolve("none")), Optional.of(busybox)))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("none");
  }

  @Test
  void theStoreFollowsTheXdgSpecification() {
    assertThat(store(Map.of("XDG_CACHE_HOME", "/var/cache"), DebianKernel.CLOUD))
        .isEqualTo(Path.of("/var/cache/tenon/guest"));
    Path usual = Path.of("/home/someone/.cache/tenon/guest");
    assertThat(store(Map.of(), DebianKernel.CLOUD)).isEqualTo(usual);
    assertThat(store(Map.of("XDG_CACHE_HOME", "relative"), DebianKernel.CLOUD)).isEqualTo(usual);
    assertThat(store(Map.of(), DebianKernel.STANDARD)).isEqualTo(usual.resolve("standard"));
  }

  private static Path store(Map<String, String> environment, DebianKernel kernel) {
    return GuestStore.of(environment, Path.of("/home/someone"), kernel).folder();
  }

  @Test
  void debiansKernelsHaveNamesAndEverythingElseIsAFile() {
    assertThat(DebianKernel.of("cloud")).contains(DebianKernel.CLOUD);
    assertThat(DebianKernel.of("standard")).contains(DebianKernel.STANDARD);
    assertThat(DebianKernel.of("./standard")).isEmpty();
    assertThat(DebianKernel.of("vmlinuz")).isEmpty();
  }
}
