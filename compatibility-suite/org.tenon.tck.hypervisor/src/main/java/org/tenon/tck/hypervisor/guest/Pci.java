package org.tenon.tck.hypervisor.guest;

/**
 * Configuration space by ports (PCI Local Bus 3.0, 3.2.2.3.2) and by memory (PCI Express Base 3.0,
 * 7.2.2), and the functions found in it. A function's address is {@code bus << 8 | device << 3 |
 * function}.
 */
final class Pci {
  static final int ADDRESS = 0xcf8;
  static final int DATA = 0xcfc;
  static final int ENABLE = 1 << 31;

  static final int COMMAND = 0x04;
  static final int REVISION_AND_CLASS = 0x08;
  static final int HEADER_TYPE = 0x0e;
  static final int BARS = 0x10;
  static final int BUSES = 0x18;
  static final int CAPABILITIES = 0x34;
  static final int INTERRUPT = 0x3c;
  static final int MEMORY_SPACE = 2;
  static final int BUS_MASTER = 4;
  static final int INTX_DISABLE = 1 << 10;

  static final int CAPABILITY_EXPRESS = 0x10;
  static final int CAPABILITY_MSIX = 0x11;
  static final int CAPABILITY_VENDOR = 0x09;

  private static final int MOST = 256;
  private static final int LONGEST_LIST = 48;

  /** Where the memory-mapped configuration space begins; 0 if there is none. */
  static long ecam;

  static int lastEcamBus;
  static int count;
  private static long list;

  private Pci() {}

  private static void select(int function, int register) {
    Cpu.out32(ADDRESS, ENABLE | function << 8 | register & 0xfc);
  }

  static int read32(int function, int register) {
    select(function, register);
    return Cpu.in32(DATA);
  }

  static int read16(int function, int register) {
    select(function, register);
    return Cpu.in16(DATA + (register & 2));
  }

  static int read8(int function, int register) {
    select(function, register);
    return Cpu.in8(DATA + (register & 3));
  }

  static void write32(int function, int register, int value) {
    select(function, register);
    Cpu.out32(DATA, value);
  }

  static void write16(int function, int register, int value) {
    select(function, register);
    Cpu.out16(DATA + (register & 2), value);
  }

  static void write8(int function, int register, int value) {
    select(function, register);
    Cpu.out8(DATA + (register & 3), value);
  }

  static boolean hasEcam(int function) {
    return ecam != 0 && function >>> 8 <= lastEcamBus;
  }

  /** Extended configuration space too. */
  static int readByMemory(int function, int register) {
    return Cpu.read32(ecam + ((long) function << 12) + register);
  }

  static boolean isThere(int function) {
    return read16(function, 0) != 0xffff;
  }

  /** Whether the header is that of a bridge between PCI buses. */
  static boolean isBridge(int function) {
    return (read8(function, HEADER_TYPE) & 0x7f) == 1;
  }

  static int function(int index) {
    return Cpu.read32(list + 4L * index);
  }

  /** Finds every function, behind bridges too. */
  static void enumerate() {
    list = Heap.pages(1);
    count = 0;
    enumerateBus(0, 0);
  }

  private static void enumerateBus(int bus, int depth) {
    for (int device = 0; device < 32; device++) {
      int first = bus << 8 | device << 3;
      if (isThere(first)) {
        int functions = (read8(first, HEADER_TYPE) & 0x80) == 0 ? 1 : 8;
        for (int i = 0; i < functions; i++) {
          enumerateFunction(first | i, depth);
        }
      }
    }
  }

  private static void enumerateFunction(int function, int depth) {
    if (!isThere(function) || count == MOST) {
      return;
    }
    Cpu.write32(list + 4L * count, function);
    count++;
    int secondary = read8(function, BUSES + 1);
    if (isBridge(function) && depth < 8 && secondary > function >>> 8) {
      enumerateBus(secondary, depth + 1);
    }
  }

  /** The first function of that vendor and device, or -1. */
  static int find(int vendor, int device) {
    for (int i = 0; i < count; i++) {
      if (read32(function(i), 0) == (device << 16 | vendor)) {
        return function(i);
      }
    }
    return -1;
  }

  /** The first function of that class code, or -1. */
  static int findClass(int classCode) {
    for (int i = 0; i < count; i++) {
      if (read32(function(i), REVISION_AND_CLASS) >>> 8 == classCode) {
        return function(i);
      }
    }
    return -1;
  }

  /** The place of a capability behind another, or of the first if that is 0; 0 if there is none. */
  static int capability(int function, int id, int behind) {
    int at = read8(function, behind == 0 ? CAPABILITIES : behind + 1) & 0xfc;
    for (int i = 0; i < LONGEST_LIST && at >= 0x40; i++) {
      if (read8(function, at) == id) {
        return at;
      }
      at = read8(function, at + 1) & 0xfc;
    }
    return 0;
  }

  /** The address in a memory BAR, mapped; 0 if it is none. */
  static long bar(int function, int index) {
    int low = read32(function, BARS + 4 * index);
    if ((low & 1) != 0) {
      return 0;
    }
    long address = low & 0xfffffff0L;
    if ((low & 6) == 4) {
      address |= (read32(function, BARS + 4 * index + 4) & 0xffffffffL) << 32;
    }
    if (address != 0) {
      Paging.map(address, 1 << 16);
    }
    return address;
  }

  static void allow(int function, int bits) {
    write16(function, COMMAND, read16(function, COMMAND) | bits);
  }

  static void forbid(int function, int bits) {
    write16(function, COMMAND, read16(function, COMMAND) & ~bits);
  }
}
