package org.tenon.hv.machine.processor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Multiboot image, assembled and linked by GNU binutils from this package's resources. */
record Image(Path file) {
  private static final List<String> SHARED = List.of("monitor64.S", "monitor32.S", "image.ld");

  /** Builds {@code name}.S in a directory. */
  static Image build(String name, Path directory) {
    for (String shared : SHARED) {
      copy(shared, directory);
    }
    copy(name + ".S", directory);
    run(directory, "as", "--64", "-o", name + ".o", name + ".S");
    run(
        directory,
        "ld",
        "-m",
        "elf_x86_64",
        "-n",
        "-T",
        "image.ld",
        "--oformat",
        "binary",
        "-o",
        name + ".bin",
        name + ".o");
    return new Image(directory.resolve(name + ".bin"));
  }

  /** The file's bytes. */
  ByteBuffer bytes() {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(String name, Path directory) {
    try (InputStream source = Image.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new IllegalStateException("no resource " + name);
      }
      Files.write(directory.resolve(name), source.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Path directory, String... command) {
    try {
      Process tool =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
        throw new AssertionError(String.join(" ", command) + ":\n" + said);
      }
    } catch (IOException e) {
      throw new AssertionError(
          command[0] + " is missing; it comes with Debian's package binutils", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
