package org.tenon.hv.platform.boot;

import java.nio.ByteBuffer;
import java.util.List;
import org.tenon.hv.platform.MemoryMap;

/**
 * The Multiboot specification, version 0.6.96: 32-bit protected mode, an information structure in
 * EBX.
 */
final class MultibootImage {
  private static final int HEADER_MAGIC = 0x1badb002;
  private static final int LOADER_MAGIC = 0x2badb002;
  private static final int SEARCHED = 8192;
  private static final int FLAG_VIDEO = 1 << 2;
  private static final int FLAG_ADDRESSES = 1 << 16;
  private static final int UNDERSTOOD = 0xffff0003 | FLAG_VIDEO;

  private static final int INFO_MEMORY = 1;
  private static final int INFO_COMMAND_LINE = 1 << 2;
  private static final int INFO_MODULES = 1 << 3;
  private static final int INFO_MAP = 1 << 6;
  private static final int INFO_SIZE = 120;
  private static final int LOWER_KIB = 639;
  private static final int MAP_ENTRY = 24;
  private static final long COMMAND_LINE_LIMIT = 0xffff;

  private MultibootImage() {}

  /** The offset of the header, or -1. */
  static int findHeader(ImageReader image) throws BootException {
    for (int at = 0; at < SEARCHED && image.has(at, 12); at += 4) {
      if (image.u32(at) == HEADER_MAGIC
          && (int) (image.u32(at) + image.u32(at + 4) + image.u32(at + 8)) == 0) {
        return at;
      }
    }
    return -1;
  }

  static BootEntry load(ImageReader image, int header, BootRequest request, BootMemory memory)
      throws BootException {
    int flags = (int) image.u32(header + 4L);
    if ((flags & ~UNDERSTOOD) != 0) {
      throw new BootException(
          "the kernel asks for Multiboot features %#x that nobody defined"
              .formatted(flags & ~UNDERSTOOD));
    }
    long entry;
    long end;
    if ((flags & FLAG_ADDRESSES) != 0) {
      end = placeFlat(image, header, memory);
      entry = image.u32(header + 28L);
    } else if (ElfImage.recognises(image)) {
      ElfImage elf = ElfImage.read(image);
      end = elf.place(image, memory);
      entry = elf.entry();
    } else {
      throw new BootException("the Multiboot kernel is no ELF file and names no load addresses");
    }
    long initrd = memory.placeInitrd(request.initrd(), end, memory.lowEnd());
    memory.writeCommandLine(request.commandLine(), COMMAND_LINE_LIMIT);
    writeInformation(request, memory, initrd);
    return memory.protectedMode("Multiboot 1", entry, LOADER_MAGIC, BootMemory.INFO);
  }

  /**
   * The header's own addresses: header, load, load end (0: to the end of the file), bss end (0:
   * none).
   */
  private static long placeFlat(ImageReader image, int header, BootMemory memory)
      throws BootException {
    long load = image.u32(header + 16L);
    long offset = header - (image.u32(header + 12L) - load);
    long loadEnd = image.u32(header + 20L);
    long bssEnd = image.u32(header + 24L);
    long size = loadEnd == 0 ? image.size() - offset : loadEnd - load;
    long memorySize = Math.max(size, bssEnd - load);
    memory.placeKernel(load, image.slice(offset, size), memorySize);
    return load + memorySize;
  }

  private static void writeInformation(BootRequest request, BootMemory memory, long initrd) {
    List<MemoryMap.Entry> entries = request.memoryMap().entries();
    ByteBuffer map = BootMemory.buffer(entries.size() * MAP_ENTRY);
    for (MemoryMap.Entry range : entries) {
      map.putInt(MAP_ENTRY - 4).putLong(range.base()).putLong(range.length());
      map.putInt(range.kind().code());
    }
    memory.write(BootMemory.MEMORY_MAP, map.flip());
    ByteBuffer module = BootMemory.buffer(16);
    module.putInt((int) initrd).putInt((int) initrd + request.initrd().remaining());
    memory.write(BootMemory.MODULES, module.rewind());
    int modules = initrd == 0 ? 0 : 1;
    long upper = BootMemory.upperMemory(request.memoryMap());
    ByteBuffer info = BootMemory.buffer(INFO_SIZE);
    info.putInt(INFO_MEMORY | INFO_COMMAND_LINE | INFO_MAP | (modules == 0 ? 0 : INFO_MODULES));
    info.putInt(LOWER_KIB).putInt((int) (upper >>> 10)).putInt(0);
    info.putInt((int) BootMemory.COMMAND_LINE).putInt(modules).putInt((int) BootMemory.MODULES);
    info.putInt(44, entries.size() * MAP_ENTRY).putInt(48, (int) BootMemory.MEMORY_MAP);
    memory.write(BootMemory.INFO, info.rewind());
  }
}
