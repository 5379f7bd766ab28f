package org.tenon.hv.machine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An x86-64 ELF file that holds names of functions and no code, for a debugger (System V ABI,
 * chapter 4).
 */
final class SymbolFile {
  private static final int HEADER = 64;
  private static final int SYMBOL = 24;
  private static final int TEXT = 1;
  private static final String SECTION_NAMES = "\0.text\0.symtab\0.strtab\0.shstrtab\0";
  private static final long SIZE = 0x1000;

  private SymbolFile() {}

  /**
   * Makes one.
   *
   * @param symbols addresses by name, the lowest is where the code begins
   */
  static byte[] of(Map<String, Long> symbols) {
    long base = symbols.values().stream().mapToLong(Long::longValue).min().orElseThrow();
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    ByteBuffer table = buffer((symbols.size() + 1) * SYMBOL).position(SYMBOL);
    symbols.forEach((name, address) -> {
      int globalFunction = 0x12;
      table.putInt(names.size()).put((byte) globalFunction).put((byte) 0).putShort((short) TEXT);
      table.putLong(address).putLong(0);
      names.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
    });
    byte[] sectionNames = SECTION_NAMES.getBytes(StandardCharsets.US_ASCII);
    int strings = HEADER + table.capacity();
    int sections = strings + names.size() + sectionNames.length;
    byte[] bytes = new byte[sections + 5 * HEADER];
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0x464c457f).put(new byte[] {2, 1, 1}).position(16);
    file.putShort((short) 2).putShort((short) 62).putInt(1).putLong(base).putLong(0);
    file.putLong(sections).putInt(0).putShort((short) HEADER).putShort((short) 0);
    file.putShort((short) 0).putShort((short) HEADER).putShort((short) 5).putShort((short) 4);
    file.put(table.rewind()).put(names.toByteArray()).put(sectionNames);
    int afterNames = strings + names.size();
    file.position(sections + HEADER);
    new Section(1, 8, 6, base, HEADER, SIZE, 0, 0).write(file);
    new Section(7, 2, 0, 0, HEADER, table.capacity(), 3, SYMBOL).write(file);
    new Section(15, 3, 0, 0, strings, names.size(), 0, 0).write(file);
    new Section(23, 3, 0, 0, afterNames, sectionNames.length, 0, 0).write(file);
    return bytes;
  }

  /** A section header, in the order of its fields; two are the same for all or follow from them. */
  private record Section(
      int name, int type, long flags, long address, long offset, long size, int link, long entry) {
    void write(ByteBuffer file) {
      file.putInt(name).putInt(type).putLong(flags).putLong(address).putLong(offset).putLong(size);
      file.putInt(link).putInt(type == 2 ? 1 : 0).putLong(1).putLong(entry);
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
