package org.tenon.tck.hypervisor.guest;

/** The page tables of the image: the first 4 GiB are there, others are added as 2 MiB pages. */
final class Paging {
  private static final int PRESENT_WRITABLE = 3;
  private static final int LARGE = 0x80;
  private static final long ADDRESS = 0xffffffffff000L;

  private Paging() {}

  /** Maps a range of physical addresses to themselves. */
  static void map(long physical, long length) {
    for (long at = physical & -(1L << 21); at < physical + length; at += 1L << 21) {
      long directory = table(table(Cpu.pageTables(), at >>> 39), at >>> 30);
      setEntry(directory, at >>> 21, at | LARGE | PRESENT_WRITABLE);
    }
  }

  /** Sets the entry that covers a 2 MiB page of the first 4 GiB. */
  static void setLargePage(long address, long entry) {
    setEntry(table(table(Cpu.pageTables(), address >>> 39), address >>> 30), address >>> 21, entry);
    Cpu.flushTlb();
  }

  private static void setEntry(long table, long index, long entry) {
    Cpu.write64(table + 8 * (index & 511), entry);
  }

  private static long table(long parent, long index) {
    long slot = parent + 8 * (index & 511);
    if ((Cpu.read64(slot) & 1) == 0) {
      Cpu.write64(slot, Heap.pages(1) | PRESENT_WRITABLE);
    }
    return Cpu.read64(slot) & ADDRESS;
  }
}
