package org.tenon.tck.hypervisor.guest;

/**
 * What Java has no words for: the image builder has machine code for each of these. Addresses are
 * linear and, below 4 GiB, physical.
 */
final class Cpu {
  static final int EAX = 0;
  static final int EBX = 1;
  static final int ECX = 2;
  static final int EDX = 3;

  private Cpu() {}

  static native int in8(int port);

  static native int in16(int port);

  static native int in32(int port);

  static native void out8(int port, int value);

  static native void out16(int port, int value);

  static native void out32(int port, int value);

  static native int read8(long address);

  static native int read16(long address);

  static native int read32(long address);

  static native long read64(long address);

  static native void write8(long address, int value);

  static native void write16(long address, int value);

  static native void write32(long address, int value);

  static native void write64(long address, long value);

  /** A register of a leaf. */
  static native int cpuid(int leaf, int subleaf, int register);

  static native long rdmsr(int index);

  static native void wrmsr(int index, long value);

  static native long rdtsc();

  static native void flushTlb();

  static native void enableInterrupts();

  static native void disableInterrupts();

  /** STI, HLT, CLI. */
  static native void waitForInterrupt();

  static native void fence();

  static native void pause();

  /** UD2. */
  static native void undefined();

  static native void jump(long address);

  /** 256 counters of interrupts, 8 bytes each. */
  static native long interruptCounts();

  /** The outermost page table. */
  static native long pageTables();

  /** 1 MiB of RAM, aligned to a page, zero at first. */
  static native long heap();

  /** The end of the memory that the image takes. */
  static native long imageEnd();
}
