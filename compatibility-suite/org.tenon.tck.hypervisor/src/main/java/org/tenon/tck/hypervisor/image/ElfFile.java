package org.tenon.tck.hypervisor.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An ELF executable of one segment, with the note that names its 32-bit entry point (Xen: PVH
 * direct boot ABI, XEN_ELFNOTE_PHYS32_ENTRY).
 */
final class ElfFile {
  /** What stands before the code in the file, and in memory too. */
  static final int HEADERS = 256;

  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int NOTE = HEADER + 2 * PROGRAM_HEADER;
  private static final int NOTE_SIZE = 20;
  private static final int PT_LOAD = 1;
  private static final int PT_NOTE = 4;
  private static final int READ_WRITE_EXECUTE = 7;
  private static final int READ = 4;
  private static final int PHYS32_ENTRY = 18;
  private static final short EXECUTABLE = 2;
  private static final short X86_64 = 62;

  private ElfFile() {}

  /**
   * The file.
   *
   * @param entry where it is entered
   * @param code everything behind the headers
   * @param end the end of the memory that it takes
   */
  static byte[] of(long entry, MachineCode code, long end) {
    byte[] body = code.link();
    ByteBuffer file = ByteBuffer.allocate(HEADERS + body.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    file.putShort(EXECUTABLE).putShort(X86_64).putInt(1);
    file.putLong(entry).putLong(HEADER).putLong(0).putInt(0);
    file.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
    long size = file.capacity();
    file.position(HEADER);
    segment(file, PT_LOAD, READ_WRITE_EXECUTE, 0, size, end - ImageBuilder.BASE);
    segment(file, PT_NOTE, READ, NOTE, NOTE_SIZE, NOTE_SIZE);
    file.position(NOTE).putInt(4).putInt(4).putInt(PHYS32_ENTRY);
    file.put("Xen\0".getBytes(StandardCharsets.US_ASCII)).putInt((int) entry);
    return file.put(HEADERS, body).array();
  }

  private static void segment(
      ByteBuffer file, int type, int flags, long offset, long fileSize, long memorySize) {
    long address = ImageBuilder.BASE + offset;
    file.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
    file.putLong(fileSize).putLong(memorySize).putLong(type == PT_LOAD ? 4096 : 4);
  }
}
