package org.tenon.hv.platform.boot;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.tenon.hv.platform.MemoryMap;

/**
 * The way in that Xen defined for virtual machines: an ELF file whose note names a 32-bit entry
 * point (Xen: PVH direct boot ABI, xen/include/public/arch-x86/hvm/start_info.h).
 */
final class PvhImage {
  private static final int NOTE_PHYS32_ENTRY = 18;
  private static final int MAGIC = 0x336ec578;
  private static final int VERSION = 1;
  private static final int MAP_ENTRY = 24;
  private static final long COMMAND_LINE_LIMIT = 0xffff;

  private PvhImage() {}

  /** The entry point from the note, or nothing when the file has none. */
  static OptionalLong entry(ImageReader image, ElfImage elf) throws BootException {
    for (ElfImage.Segment segment : elf.segments()) {
      if (segment.type() == ElfImage.NOTE) {
        OptionalLong entry = findNote(image, segment);
        if (entry.isPresent()) {
          return entry;
        }
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong findNote(ImageReader image, ElfImage.Segment notes)
      throws BootException {
    ImageReader in = new ImageReader(image.slice(notes.offset(), notes.fileSize()));
    long at = 0;
    while (in.has(at, 12)) {
      long nameSize = in.u32(at);
      long size = in.u32(at + 4);
      long content = at + 12 + align(nameSize);
      if (in.u32(at + 8) == NOTE_PHYS32_ENTRY && in.startsWith(at + 12, "Xen\0")) {
        return OptionalLong.of(size == 8 ? in.u64(content) & 0xffff_ffffL : in.u32(content));
      }
      at = content + align(size);
    }
    return OptionalLong.empty();
  }

  private static long align(long size) {
    return (size + 3) & ~3L;
  }

  static BootEntry load(
      ImageReader image, ElfImage elf, long entry, BootRequest request, BootMemory memory)
      throws BootException {
    long end = elf.place(image, memory);
    long initrd = memory.placeInitrd(request.initrd(), end, memory.lowEnd());
    memory.writeCommandLine(request.commandLine(), COMMAND_LINE_LIMIT);
    List<MemoryMap.Entry> entries = request.memoryMap().entries();
    ByteBuffer map = BootMemory.buffer(entries.size() * MAP_ENTRY);
    for (MemoryMap.Entry range : entries) {
      map.putLong(range.base()).putLong(range.length()).putInt(range.kind().code()).putInt(0);
    }
    memory.write(BootMemory.MEMORY_MAP, map.flip());
    ByteBuffer module = BootMemory.buffer(32);
    module.putLong(initrd).putLong(request.initrd().remaining());
    memory.write(BootMemory.MODULES, module.rewind());
    ByteBuffer info = BootMemory.buffer(56);
    info.putInt(MAGIC).putInt(VERSION).putInt(0).putInt(initrd == 0 ? 0 : 1);
    info.putLong(BootMemory.MODULES).putLong(BootMemory.COMMAND_LINE);
    info.putLong(request.rootPointer()).putLong(BootMemory.MEMORY_MAP);
    info.putInt(entries.size()).putInt(0);
    memory.write(BootMemory.INFO, info.flip());
    return memory.protectedMode("PVH", entry, 0, BootMemory.INFO);
  }
}
