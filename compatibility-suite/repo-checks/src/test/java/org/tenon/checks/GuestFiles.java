package org.tenon.checks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An initial RAM disk with more files in it: Linux unpacks archives that follow one another. The
 * second one is a cpio archive in the "newc" format (initramfs buffer format, Linux
 * Documentation/driver-api/early-userspace).
 */
final class GuestFiles {
  private static final int EXECUTABLE_FILE = 0100755;

  private GuestFiles() {}

  /** Writes {@code base}, followed by executable files at the root, to {@code target}. */
  static Path append(Path base, Map<String, byte[]> files, Path target) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(Files.readAllBytes(base));
    pad(all);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      entry(all, file.getKey(), file.getValue());
    }
    entry(all, "TRAILER!!!", new byte[0]);
    return Files.write(target, all.toByteArray());
  }

  private static void entry(ByteArrayOutputStream out, String name, byte[] content) {
    int[] fields = {
      1, EXECUTABLE_FILE, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length() + 1, 0
    };
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append("%08x".formatted(field));
    }
    out.writeBytes((header + name + "\0").getBytes(StandardCharsets.US_ASCII));
    pad(out);
    out.writeBytes(content);
    pad(out);
  }

  private static void pad(ByteArrayOutputStream out) {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }
}
