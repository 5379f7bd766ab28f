package org.tenon.hv.app.guest;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the dynamic section of a program or library says (System V ABI, "Dynamic Section").
 *
 * @param name by which others ask for it (DT_SONAME); a program has none
 * @param needed the names of the libraries that it asks for (DT_NEEDED)
 */
record ElfObject(Optional<String> name, List<String> needed) {
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS_64 = 2;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;
  private static final int DT_SONAME = 14;

  /** A part of the file that is loaded. */
  private record Load(long address, long offset, long bytes) {}

  /** Reads a 64-bit little-endian object; none where the bytes are no such. */
  static Optional<ElfObject> read(byte[] file) {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 64 || elf.getInt(0) != MAGIC || elf.get(4) != CLASS_64) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(elf));
    } catch (IndexOutOfBoundsException | BufferUnderflowException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static ElfObject read(ByteBuffer elf) {
    int at = Math.toIntExact(elf.getLong(32));
    int size = Short.toUnsignedInt(elf.getShort(54));
    int count = Short.toUnsignedInt(elf.getShort(56));
    List<Load> loads = new ArrayList<>();
    int dynamic = -1;
    int dynamicEnd = -1;
    for (int i = 0; i < count; i++) {
      int header = at + i * size;
      long offset = elf.getLong(header + 8);
      long bytes = elf.getLong(header + 32);
      if (elf.getInt(header) == PT_LOAD) {
        loads.add(new Load(elf.getLong(header + 16), offset, bytes));
      } else if (elf.getInt(header) == PT_DYNAMIC) {
        dynamic = Math.toIntExact(offset);
        dynamicEnd = Math.toIntExact(offset + bytes);
      }
    }
    long strings = 0;
    List<Long> needed = new ArrayList<>();
    Optional<Long> name = Optional.empty();
    for (int entry = dynamic; entry >= 0 && entry + 16 <= dynamicEnd; entry += 16) {
      long value = elf.getLong(entry + 8);
      switch ((int) elf.getLong(entry)) {
        case DT_NEEDED -> needed.add(value);
        case DT_STRTAB -> strings = offset(loads, value);
        case DT_SONAME -> name = Optional.of(value);
        default -> {}
      }
    }
    long table = strings;
    return new ElfObject(
        name.map(text -> text(elf, table + text)),
        needed.stream().map(text -> text(elf, table + text)).toList());
  }

  private static long offset(List<Load> loads, long address) {
    for (Load load : loads) {
      if (address >= load.address() && address < load.address() + load.bytes()) {
        return address - load.address() + load.offset();
      }
    }
    throw new IndexOutOfBoundsException("address %x is not in the file".formatted(address));
  }

  private static String text(ByteBuffer elf, long at) {
    int start = Math.toIntExact(at);
    int end = start;
    while (elf.get(end) != 0) {
      end++;
    }
    byte[] characters = new byte[end - start];
    elf.get(start, characters);
    return new String(characters, StandardCharsets.ISO_8859_1);
  }
}
