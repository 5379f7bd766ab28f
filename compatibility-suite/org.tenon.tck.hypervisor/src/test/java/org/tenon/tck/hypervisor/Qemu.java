package org.tenon.tck.hypervisor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** QEMU's translator with an image of ours; what came out of COM1. */
final class Qemu {
  private static final int SECONDS = 120;
  private static final int DISK_BYTES = 16 << 20;

  private Qemu() {}

  /** A q35 machine with a virtio disk, an NVMe disk, an entropy device and a root port. */
  static String withDevices(byte[] image, Path folder) throws IOException, InterruptedException {
    return run(
        image,
        folder,
        List.of(
            "-drive",
            "if=none,id=a,format=raw,file=" + disk(folder.resolve("a.img")),
            "-device",
            "virtio-blk-pci,disable-legacy=on,drive=a",
            "-drive",
            "if=none,id=b,format=raw,file=" + disk(folder.resolve("b.img")),
            "-device",
            "nvme,serial=T1,drive=b",
            "-device",
            "virtio-rng-pci,disable-legacy=on",
            "-device",
            "pcie-root-port,id=r,chassis=1"));
  }

  /** A q35 machine without any. */
  static String bare(byte[] image, Path folder) throws IOException, InterruptedException {
    return run(image, folder, List.of());
  }

  private static String run(byte[] image, Path folder, List<String> devices)
      throws IOException, InterruptedException {
    Path kernel = Files.write(folder.resolve("image.elf"), image);
    List<String> command =
        new ArrayList<>(List.of("qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-m", "64"));
    command.addAll(List.of("-display", "none", "-monitor", "none", "-serial", "stdio"));
    command.addAll(List.of("-nodefaults", "-no-reboot", "-kernel", kernel.toString()));
    command.addAll(devices);
    Process process = start(command);
    try {
      CompletableFuture<String> serial = CompletableFuture.supplyAsync(() -> read(process));
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("QEMU was still on:\n" + serial.join());
      }
      return serial.join();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(List<String> command) {
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new AssertionError(
          "qemu-system-x86_64 is missing; it comes with Debian's package qemu-system-x86", e);
    }
  }

  private static String read(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path disk(Path file) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(DISK_BYTES);
    }
    return file;
  }
}
