package org.tenon.hv.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;

/**
 * A kernel for several processors, as a Linux bzImage for the 64-bit entry point. The first
 * processor starts the others with INIT and a start-up IPI, then computes and prints 200 small
 * letters; the others, in real mode, each take a number and print 200 capitals, busy for a while
 * after each. When all have finished the first powers off.
 */
final class LettersKernel {
  /** How many letters each processor prints. */
  static final int EACH = 200;

  private static final int SETUP = 1024;
  private static final int ENTRY = 0x200;
  private static final int LOAD = 0x1000000;

  /** CLI; LOCK XADD [500H], 1; then that letter, with 300 times DEC BX each; LOCK INC [502H]. */
  private static final String OTHERS =
      """
      fa b80100 f00fc1060005 0441 baf803 b9c800
      ee bb2c01 4b 75fd e2f7
      f0ff060205 f4
      """;

  /** Copies what stands at the end to 8000H, and starts it. */
  private static final String FIRST =
      """
      bc00004000 be%s bf00800000 b940000000 fcf3a4
      bb0003e0fe c70300450c00 c70308460c00
      41b8c8000000
      b92c010000 4801c8 486bc003 ffc9 75f5
      240f 0461 66baf803 ee 41ffc8 75e2
      f390 66833c2502050000%02x 75f3
      66ba0406 66b80034 66ef f4
      """;

  private LettersKernel() {}

  /** The file. */
  static ByteBuffer of(int processors) {
    int length = hex(FIRST.formatted("00000000", 0)).length;
    byte[] address = new byte[4];
    ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN).putInt(LOAD + ENTRY + length);
    String first = FIRST.formatted(HexFormat.of().formatHex(address), processors - 1);
    byte[] program = hex(first + OTHERS);
    ByteBuffer file =
        ByteBuffer.allocate(SETUP + ENTRY + program.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0x1f1, (byte) (SETUP / 512 - 1));
    file.putInt(0x1f4, (ENTRY + program.length + 15) / 16);
    file.putShort(0x1fe, (short) 0xaa55);
    file.put(0x201, (byte) 0x6a).put(0x202, new byte[] {'H', 'd', 'r', 'S'});
    file.putShort(0x206, (short) 0x20f).putInt(0x22c, 0x7fffffff);
    file.putShort(0x236, (short) 1).putInt(0x238, 2047);
    file.putLong(0x258, LOAD).putInt(0x260, 0x10000);
    return file.put(SETUP + ENTRY, program);
  }

  /** Where the parts of the first processor's code are. */
  static Map<String, Long> symbols() {
    long start = LOAD + ENTRY;
    return Map.of(
        "start", start, "letter", start + 46, "compute", start + 51, "power_off", start + 89);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }
}
