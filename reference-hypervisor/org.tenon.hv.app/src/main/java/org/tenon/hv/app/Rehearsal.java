package org.tenon.hv.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * What the JVM watches when the launcher makes its ahead-of-time cache of a fresh build: help, and
 * a small guest that is run, saved, restored and ends. The classes and profiles that this leaves in
 * the cache halve the start of a command, and more so that of a guest. Fails where a command does.
 */
final class Rehearsal {
  /**
   * Adds, stores and loads in a loop, prints a dot, does that again, and powers off; for the 64-bit
   * entry point.
   */
  private static final String PROGRAM =
      """
      bc00004000 31ff
      b960ea0000 31c0
      4801c8 486bd003 50 5b 4889042500003000 4803042500003000 48d1e8 48ffc9 75df
      66baf803 b02e ee
      ffc7 83ff02 75ca
      66ba0406 66b80034 66ef f4
      """;

  private static final int SETUP = 1024;
  private static final int ENTRY = 0x200;

  private Rehearsal() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("tenon-rehearsal-");
    Path kernel = folder.resolve("kernel");
    Path saved = folder.resolve("saved");
    try {
      Files.write(kernel, kernel(PROGRAM));
      play("--help");
      play("run", "--kernel", kernel.toString(), "--until", ".", "--save", saved.toString());
      play("run", "--restore", saved.toString(), "--statistics");
    } finally {
      Files.deleteIfExists(kernel);
      Files.deleteIfExists(saved);
      Files.delete(folder);
    }
  }

  private static void play(String... command) {
    int status = new Main(Console.ofProcess()).run(command);
    if (status != ExitStatus.OK) {
      throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
    }
  }

  /**
   * A Linux bzImage, as far as its boot protocol goes.
   *
   * @param code in hexadecimal, for the 64-bit entry point
   */
  static byte[] kernel(String code) {
    byte[] program = HexFormat.of().parseHex(code.replaceAll("\\s", ""));
    ByteBuffer file =
        ByteBuffer.allocate(SETUP + ENTRY + program.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0x1f1, (byte) (SETUP / 512 - 1));
    file.putInt(0x1f4, (ENTRY + program.length + 15) / 16);
    file.putShort(0x1fe, (short) 0xaa55);
    file.put(0x201, (byte) 0x6a).put(0x202, new byte[] {'H', 'd', 'r', 'S'});
    file.putShort(0x206, (short) 0x20f).putInt(0x22c, 0x7fffffff);
    file.putShort(0x236, (short) 1).putInt(0x238, 2047);
    file.putLong(0x258, 0x1000000).putInt(0x260, 0x10000);
    file.put(SETUP + ENTRY, program);
    return file.array();
  }
}
