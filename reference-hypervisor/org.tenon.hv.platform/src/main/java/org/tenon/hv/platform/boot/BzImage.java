package org.tenon.hv.platform.boot;

import java.nio.ByteBuffer;
import java.util.List;
import org.tenon.hv.platform.MemoryMap;

/**
 * Linux's own boot protocol, version 2.12 and later, at the 64-bit entry point
 * (Documentation/x86/boot.rst).
 */
final class BzImage {
  private static final int HEADER = 0x1f1;
  private static final int SETUP_SECTORS = 0x1f1;
  private static final int SYSTEM_SIZE = 0x1f4;
  private static final int JUMP = 0x201;
  private static final int MAGIC = 0x202;
  private static final int VERSION = 0x206;
  private static final int LOADER_TYPE = 0x210;
  private static final int RAMDISK_IMAGE = 0x218;
  private static final int RAMDISK_SIZE = 0x21c;
  private static final int COMMAND_LINE_POINTER = 0x228;
  private static final int INITRD_MAXIMUM = 0x22c;
  private static final int RELOCATABLE = 0x234;
  private static final int XLOADFLAGS = 0x236;
  private static final int COMMAND_LINE_SIZE = 0x238;
  private static final int PREFERRED_ADDRESS = 0x258;
  private static final int INIT_SIZE = 0x260;
  private static final int HEADER_LIMIT = 0x290;

  private static final int ROOT_POINTER = 0x070;
  private static final int E820_COUNT = 0x1e8;
  private static final int E820_TABLE = 0x2d0;
  private static final int E820_MAXIMUM = 128;

  private static final int VERSION_64_BIT = 0x020c;
  private static final int XLF_KERNEL_64 = 1;
  private static final int UNKNOWN_LOADER = 0xff;
  private static final int ENTRY_64 = 0x200;
  private static final int SECTOR = 512;

  private BzImage() {}

  static boolean recognises(ImageReader image) {
    return image.startsWith(MAGIC, "HdrS") && image.startsWith(0x1fe, "U\u00aa");
  }

  static BootEntry load(ImageReader image, BootRequest request, BootMemory memory)
      throws BootException {
    int version = image.u16(VERSION);
    if (version < VERSION_64_BIT || (image.u16(XLOADFLAGS) & XLF_KERNEL_64) == 0) {
      throw new BootException(
          "the kernel has no 64-bit entry point (boot protocol %d.%02d); use an x86-64 kernel of Linux 3.8 or later"
              .formatted(version >>> 8, version & 0xff));
    }
    int sectors = image.u8(SETUP_SECTORS);
    long start = ((sectors == 0 ? 4 : sectors) + 1L) * SECTOR;
    long size = image.u32(SYSTEM_SIZE) * 16;
    // The header rounds the size up to 16; the file may end earlier by less than that.
    ByteBuffer system =
        image.slice(start, Math.min(size, Math.max(size - 15, image.size() - start)));
    long address = image.u64(PREFERRED_ADDRESS);
    long initSize = Math.max(image.u32(INIT_SIZE), system.remaining());
    if (!fits(address, initSize, memory) && image.u8(RELOCATABLE) != 0) {
      address = BootMemory.ONE_MIB;
    }
    memory.placeKernel(address, system, initSize);
    long initrd =
        memory.placeInitrd(request.initrd(), address + initSize, image.u32(INITRD_MAXIMUM) + 1);
    memory.writeCommandLine(request.commandLine(), image.u32(COMMAND_LINE_SIZE));
    memory.write(BootMemory.INFO, zeroPage(image, request, initrd));
    return memory.longMode(
        "Linux boot protocol %d.%02d".formatted(version >>> 8, version & 0xff),
        address + ENTRY_64,
        BootMemory.INFO);
  }

  private static boolean fits(long address, long size, BootMemory memory) {
    return address >= BootMemory.ONE_MIB
        && size <= memory.lowEnd()
        && address <= memory.lowEnd() - size;
  }

  private static ByteBuffer zeroPage(ImageReader image, BootRequest request, long initrd)
      throws BootException {
    ByteBuffer page = BootMemory.buffer(4096);
    int end = Math.min(MAGIC + image.u8(JUMP), HEADER_LIMIT);
    page.put(HEADER, image.slice(HEADER, end - HEADER), 0, end - HEADER);
    page.put(LOADER_TYPE, (byte) UNKNOWN_LOADER);
    page.putInt(RAMDISK_IMAGE, (int) initrd);
    page.putInt(RAMDISK_SIZE, request.initrd().remaining());
    page.putInt(COMMAND_LINE_POINTER, (int) BootMemory.COMMAND_LINE);
    page.putLong(ROOT_POINTER, request.rootPointer());
    List<MemoryMap.Entry> entries = request.memoryMap().entries();
    if (entries.size() > E820_MAXIMUM) {
      throw new BootException("the memory map has more than " + E820_MAXIMUM + " entries");
    }
    page.put(E820_COUNT, (byte) entries.size());
    int at = E820_TABLE;
    for (MemoryMap.Entry entry : entries) {
      page.putLong(at, entry.base());
      page.putLong(at + 8, entry.length());
      page.putInt(at + 16, entry.kind().code());
      at += 20;
    }
    return page;
  }
}
