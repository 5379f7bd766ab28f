package org.tenon.hv.app.speed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The compute kernels as a bare-metal PVH image, compiled by the host's C compiler. */
public final class KernelImage {
  private static final List<String> SOURCES = List.of("start.S", "kernels.c", "link.ld");
  private static final List<String> OPTIONS =
      List.of(
          "-O2",
          "-m64",
          "-march=x86-64",
          "-std=gnu11",
          "-ffreestanding",
          "-fno-pic",
          "-fno-stack-protector",
          "-fno-asynchronous-unwind-tables",
          "-fno-tree-loop-distribute-patterns",
          "-fcf-protection=none",
          "-mno-red-zone",
          "-nostdlib",
          "-static",
          "-no-pie",
          "-Wl,--build-id=none",
          "-Wl,--no-warn-rwx-segments");

  private KernelImage() {}

  /**
   * Compiles.
   *
   * @param folder where the image goes
   * @param rounds how often it runs each kernel
   */
  public static Path build(Path folder, int rounds) throws SpeedException {
    Path image = folder.resolve("kernels-%d.elf".formatted(rounds));
    Path log = folder.resolve("gcc.log");
    try {
      for (String name : SOURCES) {
        try (InputStream source = KernelImage.class.getResourceAsStream(name)) {
          if (source == null) {
            throw new SpeedException(name + " is missing from the application");
          }
          Files.write(folder.resolve(name), source.readAllBytes());
        }
      }
      List<String> command = new ArrayList<>(List.of("gcc", "-DROUNDS=" + rounds));
      command.addAll(OPTIONS);
      command.addAll(List.of("-T", "link.ld", "start.S", "kernels.c", "-o", image.toString()));
      Process gcc =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (gcc.waitFor() != 0) {
        throw new SpeedException(
            "gcc does not compile the kernels: "
                + Files.readString(log, StandardCharsets.UTF_8).lines().findFirst().orElse("?"));
      }
      return image;
    } catch (IOException e) {
      throw new SpeedException(
          "the kernels need gcc (%s); install it, or measure the boot alone with --rounds 0"
              .formatted(e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SpeedException("interrupted", e);
    }
  }
}
