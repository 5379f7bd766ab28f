package org.tenon.tck.hypervisor.guest;

/** RAM for rings, buffers and page tables; nothing is given back. */
final class Heap {
  static final int PAGE = 4096;

  private static long used;

  private Heap() {}

  /** Zeroed pages. */
  static long pages(int count) {
    long at = Cpu.heap() + used;
    used += (long) count * PAGE;
    return at;
  }

  static void clear(long at, int length) {
    for (int i = 0; i < length; i += 8) {
      Cpu.write64(at + i, 0);
    }
  }

  static void fill(long at, int length, int value) {
    for (int i = 0; i < length; i++) {
      Cpu.write8(at + i, value);
    }
  }
}
