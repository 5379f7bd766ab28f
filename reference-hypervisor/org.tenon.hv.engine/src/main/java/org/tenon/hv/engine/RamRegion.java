package org.tenon.hv.engine;

import java.lang.foreign.MemorySegment;

/**
 * A stretch of guest-physical memory that is backed by host memory.
 *
 * @param base guest-physical address of its first byte, a multiple of {@link #PAGE}
 * @param memory the backing, native (off-heap), its size a multiple of {@link #PAGE}; must stay
 *     alive as long as the VM
 * @param writable false for ROM: the guest reads and executes it, and its writes leave the vCPU as
 *     {@link VcpuExit.Reason#MMIO_WRITE}
 */
public record RamRegion(long base, MemorySegment memory, boolean writable) {
  /** The granularity of guest memory in bytes. */
  public static final int PAGE = 4096;

  /** Physical addresses have at most this many bits. */
  public static final int PHYSICAL_ADDRESS_BITS = 46;

  public RamRegion {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("guest RAM must be native memory");
    }
    if (base < 0 || base % PAGE != 0 || memory.byteSize() % PAGE != 0 || memory.byteSize() == 0) {
      throw new IllegalArgumentException(
          "guest RAM at 0x%x of %d bytes is not made of whole 4 KiB pages"
              .formatted(base, memory.byteSize()));
    }
    if (base + memory.byteSize() > 1L << PHYSICAL_ADDRESS_BITS) {
      throw new IllegalArgumentException(
          "guest RAM ends at 0x%x, above the %d physical address bits"
              .formatted(base + memory.byteSize(), PHYSICAL_ADDRESS_BITS));
    }
  }

  /** The guest-physical address after the last byte. */
  public long end() {
    return base + memory.byteSize();
  }

  /** Whether the address lies inside. */
  public boolean contains(long physical) {
    return physical >= base && physical < end();
  }

  @Override
  public String toString() {
    return "[0x%x, 0x%x)%s".formatted(base, end(), writable ? "" : " read-only");
  }
}
