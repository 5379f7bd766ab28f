package org.tenon.hv.platform.boot;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.platform.MemoryMap;

/**
 * Guest RAM as a loader sees it. Below 1 MiB it is the loader's own: descriptor table, page tables,
 * boot information, memory map, command line; kernels and initial RAM disks go above.
 */
final class BootMemory {
  static final long ONE_MIB = 1L << 20;

  static final long INFO = 0x7000;
  static final long MODULES = 0x8800;
  static final long COMMAND_LINE = 0x20000;
  static final long MEMORY_MAP = 0x30000;

  private static final long GDT = 0x1000;
  private static final int GDT_ENTRIES = 5;
  private static final long PAGE_TABLES = 0x9000;
  private static final int COMMAND_LINE_LIMIT = 0x10000;
  private static final int PAGE = 4096;

  private final GuestMemory memory;
  private final MemoryRegion low;

  BootMemory(GuestMemory memory) {
    this.memory = memory;
    low = memory.region(0);
  }

  /** The end of RAM below 4 GiB. */
  long lowEnd() {
    return low.base() + low.size();
  }

  /**
   * Puts part of a kernel into RAM.
   *
   * @param memorySize how much it occupies; what the content does not fill is zero
   */
  void placeKernel(long address, ByteBuffer content, long memorySize) throws BootException {
    MemoryRegion region = memory.find(address, memorySize);
    if (address < ONE_MIB || region == null) {
      throw new BootException(
          "the kernel wants %#x bytes at %#x, where the guest has no RAM for it; give it more with --memory"
              .formatted(memorySize, address));
    }
    MemorySegment target = region.segment().asSlice(region.offset(address), memorySize);
    MemorySegment source = MemorySegment.ofBuffer(content);
    target.copyFrom(source);
    target.asSlice(source.byteSize()).fill((byte) 0);
  }

  /**
   * Puts the initial RAM disk as high as allowed.
   *
   * @param from the first address it may have
   * @param limit the first address it must not reach
   * @return its address, or 0 when it is empty
   */
  long placeInitrd(ByteBuffer initrd, long from, long limit) throws BootException {
    long size = initrd.remaining();
    if (size == 0) {
      return 0;
    }
    long end = Math.min(limit, lowEnd());
    long address = (end - size) & -PAGE;
    if (address < from) {
      throw new BootException(
          "the initial RAM disk has %d bytes, and only %d are free above the kernel; give the guest more with --memory"
              .formatted(size, Math.max(0, end - from)));
    }
    write(address, initrd);
    return address;
  }

  /** Writes boot information below 1 MiB, or the initial RAM disk. */
  void write(long address, ByteBuffer content) {
    if (!memory.write(address, MemorySegment.ofBuffer(content))) {
      throw new IllegalStateException("no RAM at %#x".formatted(address));
    }
  }

  /**
   * Writes the command line with its terminator.
   *
   * @param limit the most characters the kernel takes
   */
  void writeCommandLine(String text, long limit) throws BootException {
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(text) || text.indexOf('\0') >= 0) {
      throw new BootException("kernel parameters must be ASCII: " + text);
    }
    long most = Math.min(limit, COMMAND_LINE_LIMIT - 1);
    if (text.length() > most) {
      throw new BootException(
          "the kernel parameters have %d characters, the kernel takes %d; shorten --append"
              .formatted(text.length(), most));
    }
    write(COMMAND_LINE, ByteBuffer.wrap((text + "\0").getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * The state to enter the kernel in; writes the descriptor table, and page tables that map the
   * first 4 GiB to themselves with 2 MiB pages.
   */
  BootEntry longMode(String protocol, long entry, long rsi) {
    ByteBuffer tables = buffer(6 * PAGE);
    long flags = 3;
    long large = 1 << 7;
    tables.putLong(0, PAGE_TABLES + PAGE | flags);
    for (int gib = 0; gib < 4; gib++) {
      tables.putLong(PAGE + 8 * gib, PAGE_TABLES + (2L + gib) * PAGE | flags);
      for (int i = 0; i < 512; i++) {
        tables.putLong((2 + gib) * PAGE + 8 * i, (512L * gib + i) << 21 | flags | large);
      }
    }
    write(PAGE_TABLES, tables);
    writeGdt(0x00af9b000000ffffL);
    return new BootEntry(
        protocol, BootEntry.Mode.LONG, entry, 0, 0, rsi, GDT, 8 * GDT_ENTRIES - 1, PAGE_TABLES);
  }

  /** The state to enter the kernel in; writes the descriptor table. */
  BootEntry protectedMode(String protocol, long entry, long eax, long ebx) {
    writeGdt(0x00cf9b000000ffffL);
    return new BootEntry(
        protocol, BootEntry.Mode.PROTECTED, entry, eax, ebx, 0, GDT, 8 * GDT_ENTRIES - 1, 0);
  }

  private void writeGdt(long code) {
    ByteBuffer gdt = buffer(8 * GDT_ENTRIES);
    gdt.putLong(BootEntry.CODE, code);
    gdt.putLong(BootEntry.DATA, 0x00cf93000000ffffL);
    write(GDT, gdt);
  }

  /** Zeroed, little-endian. */
  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The first address behind whatever the kernel's map calls RAM below 4 GiB and at 1 MiB, for old
   * protocols.
   */
  static long upperMemory(MemoryMap map) {
    return map.entries().stream()
        .filter(entry -> entry.base() == ONE_MIB)
        .mapToLong(MemoryMap.Entry::length)
        .findFirst()
        .orElse(0);
  }
}
