package org.tenon.tck.hypervisor.guest;

/** Base address registers and the command register (PCI Local Bus 3.0, 6.2.5 and 6.2.2). */
final class BarProbe {
  private static final int SPACES = 3;
  private static final int MOST_RANGES = 500;

  private static long ranges;
  private static int rangeCount;
  private static int wrongKinds;
  private static int wrongSizes;
  private static int notRestored;
  private static int notAligned;
  private static int overlaps;
  private static int memoryBars;

  private BarProbe() {}

  static void probe(int function) {
    if (ranges == 0) {
      ranges = Heap.pages(2);
    }
    wrongKinds = 0;
    wrongSizes = 0;
    notRestored = 0;
    notAligned = 0;
    overlaps = 0;
    memoryBars = 0;
    int command = Pci.read16(function, Pci.COMMAND);
    Pci.write16(function, Pci.COMMAND, command & ~SPACES);
    int slots = Pci.isBridge(function) ? 2 : 6;
    int found = 0;
    for (int slot = 0; slot < slots; slot += width(function, slot)) {
      found += one(function, slot, slots) ? 1 : 0;
    }
    Pci.write16(function, Pci.COMMAND, command);
    if (found == 0) {
      return;
    }
    Report.equal(66, wrongKinds, 0, "BARs whose kind is not one or changes");
    Report.equal(67, wrongSizes, 0, "BARs whose size is no power of two in its bounds");
    Report.equal(68, notRestored, 0, "BARs that do not take their address back");
    Report.equal(69, notAligned + overlaps, 0, "BARs placed unaligned or over another");
    if (memoryBars > 0) {
      command(function, command);
    }
  }

  private static int width(int function, int slot) {
    return (Pci.read32(function, Pci.BARS + 4 * slot) & 7) == 4 ? 2 : 1;
  }

  /** Whether the BAR is implemented. */
  private static boolean one(int function, int slot, int slots) {
    int register = Pci.BARS + 4 * slot;
    boolean wide = width(function, slot) == 2;
    int low = Pci.read32(function, register);
    int high = wide ? Pci.read32(function, register + 4) : 0;
    Pci.write32(function, register, -1);
    int lowMask = Pci.read32(function, register);
    long mask = lowMask;
    if (wide) {
      Pci.write32(function, register + 4, -1);
      mask = (long) Pci.read32(function, register + 4) << 32 | lowMask & 0xffffffffL;
      Pci.write32(function, register + 4, high);
    }
    Pci.write32(function, register, low);
    if (mask == 0) {
      return false;
    }
    boolean isPorts = (lowMask & 1) != 0;
    int kind = isPorts ? 3 : 15;
    if ((low & kind) != (lowMask & kind)
        || (isPorts ? (low & 2) != 0 : (low & 2) != 0 || (wide && slot + 1 >= slots))) {
      wrongKinds++;
    }
    long size = size(mask & ~(long) kind, isPorts);
    if ((size & (size - 1)) != 0 || size < (isPorts ? 4 : 16) || (isPorts && size > 256)) {
      wrongSizes++;
    }
    if (Pci.read32(function, register) != low
        || (wide && Pci.read32(function, register + 4) != high)) {
      notRestored++;
    }
    long base = (long) high << 32 | low & 0xffffffffL & ~(long) kind;
    place(base, size, isPorts);
    memoryBars += isPorts ? 0 : 1;
    return true;
  }

  private static long size(long mask, boolean isPorts) {
    long size = -mask;
    return isPorts ? size & 0xffff : size;
  }

  /** Remembers where it lies; addresses of 0 are not placed yet. */
  private static void place(long base, long size, boolean isPorts) {
    if (base == 0 || rangeCount == MOST_RANGES) {
      return;
    }
    if ((base & (size - 1)) != 0) {
      notAligned++;
    }
    // Ports and memory are two spaces: ports lie beyond all memory here.
    long from = isPorts ? base | 1L << 60 : base;
    for (int i = 0; i < rangeCount; i++) {
      long other = Cpu.read64(ranges + 16L * i);
      if (from < other + Cpu.read64(ranges + 16L * i + 8) && other < from + size) {
        overlaps++;
      }
    }
    Cpu.write64(ranges + 16L * rangeCount, from);
    Cpu.write64(ranges + 16L * rangeCount + 8, size);
    rangeCount++;
  }

  private static void command(int function, int command) {
    int bits = Pci.MEMORY_SPACE | Pci.BUS_MASTER;
    Pci.write16(function, Pci.COMMAND, command & ~bits);
    int cleared = Pci.read16(function, Pci.COMMAND) & bits;
    Pci.write16(function, Pci.COMMAND, command | bits);
    int set = Pci.read16(function, Pci.COMMAND) & bits;
    Pci.write16(function, Pci.COMMAND, command);
    Report.equal(70, set << 4 | cleared, bits << 4, "memory and bus master bits, set and cleared");
  }
}
