package org.tenon.hv.machine.processor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An image on QEMU's own translator, with the processor features of the machine type. */
final class Qemu {
  /** The model behind the machine type's CPUID, and what the simulator offers beyond it. */
  private static final String PROCESSOR =
      "qemu64,-svm,+fsgsbase,+smep,+smap,+erms,+ssse3,+sse4.1,+sse4.2,+popcnt,+pdpe1gb,+rdtscp";

  private static final int SECONDS = 60;

  private Qemu() {}

  /** What the image prints up to its end, or until QEMU stops. */
  static String run(Image image) {
    Process process = start(image);
    CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
    try {
      return readToEnd(process.getInputStream());
    } catch (IOException e) {
      throw new AssertionError("QEMU's serial port ended early", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Image image) {
    try {
      return new ProcessBuilder(
              "qemu-system-x86_64",
              "-accel",
              "tcg",
              "-machine",
              "q35",
              "-cpu",
              PROCESSOR,
              "-m",
              "32",
              "-display",
              "none",
              "-monitor",
              "none",
              "-net",
              "none",
              "-no-reboot",
              "-serial",
              "stdio",
              "-kernel",
              image.file().toString())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new AssertionError(
          "qemu-system-x86_64 is missing; it comes with Debian's package qemu-system-x86", e);
    }
  }

  private static String readToEnd(InputStream serial) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[8192];
    for (int n = serial.read(buffer); n >= 0; n = serial.read(buffer)) {
      text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
      if (text.indexOf("\nEND\n", Math.max(0, text.length() - n - 5)) >= 0) {
        break;
      }
    }
    return text.toString();
  }
}
