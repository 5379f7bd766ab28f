package org.tenon.hv.platform.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * The program headers of an x86 ELF executable, 32 or 64 bits (System V ABI).
 *
 * @param entry the entry point
 * @param segments its program headers
 */
record ElfImage(long entry, List<Segment> segments) {
  static final int LOAD = 1;
  static final int NOTE = 4;

  private static final int EM_386 = 3;
  private static final int EM_X86_64 = 62;
  private static final int MAXIMUM_SEGMENTS = 256;

  /** One program header. */
  record Segment(int type, long offset, long physical, long fileSize, long memorySize) {}

  static boolean recognises(ImageReader image) {
    return image.startsWith(0, "\u007fELF");
  }

  static ElfImage read(ImageReader image) throws BootException {
    boolean wide = image.u8(4) == 2;
    int machine = image.u16(18);
    if (image.u8(5) != 1 || (machine != EM_386 && machine != EM_X86_64)) {
      throw new BootException("the kernel is an ELF file for another processor; use an x86-64 one");
    }
    long entry = wide ? image.u64(24) : image.u32(24);
    long table = wide ? image.u64(32) : image.u32(28);
    int entrySize = image.u16(wide ? 54 : 42);
    int count = image.u16(wide ? 56 : 44);
    if (entrySize < (wide ? 56 : 32) || count > MAXIMUM_SEGMENTS) {
      throw new BootException(
          "the kernel's ELF program headers make no sense; fetch the file again");
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(segment(image, wide, table + (long) i * entrySize));
    }
    return new ElfImage(entry, List.copyOf(segments));
  }

  private static Segment segment(ImageReader image, boolean wide, long at) throws BootException {
    int type = (int) image.u32(at);
    Segment segment =
        wide
            ? new Segment(
                type, image.u64(at + 8), image.u64(at + 24), image.u64(at + 32), image.u64(at + 40))
            : new Segment(
                type,
                image.u32(at + 4),
                image.u32(at + 12),
                image.u32(at + 16),
                image.u32(at + 20));
    if (segment.fileSize() < 0
        || segment.memorySize() < segment.fileSize()
        || segment.physical() < 0) {
      throw new BootException("the kernel's ELF segments make no sense; fetch the file again");
    }
    return segment;
  }

  /**
   * Copies the loadable segments to their physical addresses.
   *
   * @return the first address behind them
   */
  long place(ImageReader image, BootMemory memory) throws BootException {
    long end = 0;
    for (Segment segment : segments) {
      if (segment.type() == LOAD && segment.memorySize() > 0) {
        memory.placeKernel(
            segment.physical(),
            image.slice(segment.offset(), segment.fileSize()),
            segment.memorySize());
        end = Math.max(end, segment.physical() + segment.memorySize());
      }
    }
    if (end == 0) {
      throw new BootException(
          "the kernel's ELF file has nothing to load; it may be an object file");
    }
    return end;
  }
}
