package org.tenon.hv.memory;

import java.util.List;

/**
 * Where RAM lies in the guest-physical address space: ranges in ascending order that do not
 * overlap.
 *
 * @param ranges at least one
 */
public record RamLayout(List<Range> ranges) {
  /** Bytes in 4 GiB, where RAM resumes above the hole for devices. */
  public static final long FOUR_GIB = 1L << 32;

  /** Checks order and overlap. */
  public RamLayout {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("a RAM layout needs at least one range");
    }
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).base() < ranges.get(i - 1).end()) {
        throw new IllegalArgumentException(
            "RAM ranges must ascend and not overlap: %s then %s"
                .formatted(ranges.get(i - 1), ranges.get(i)));
      }
    }
  }

  /**
   * One range from address 0.
   *
   * @param size bytes, a multiple of the page size
   */
  public static RamLayout flat(long size) {
    return new RamLayout(List.of(new Range(0, size)));
  }

  /**
   * A PC's layout: RAM from 0 up to {@code lowTop}, and the rest from 4 GiB.
   *
   * @param size bytes of RAM in all, a multiple of the page size
   * @param lowTop first address of the hole below 4 GiB; at most 4 GiB
   */
  public static RamLayout split(long size, long lowTop) {
    if (lowTop <= 0 || lowTop > FOUR_GIB) {
      throw new IllegalArgumentException(
          "the hole must begin in (0, 4 GiB], not at 0x%x".formatted(lowTop));
    }
    return size <= lowTop
        ? flat(size)
        : new RamLayout(List.of(new Range(0, lowTop), new Range(FOUR_GIB, size - lowTop)));
  }

  /** Bytes of RAM in all. */
  public long size() {
    return ranges.stream().mapToLong(Range::size).sum();
  }

  /**
   * One range of RAM.
   *
   * @param base guest-physical address, a multiple of the page size, not negative
   * @param size bytes, a positive multiple of the page size
   */
  public record Range(long base, long size) {
    /** Highest physical address bit any x86-64 processor decodes (Intel SDM vol. 3A, 4.1.4). */
    private static final int MAX_PHYSICAL_BITS = 52;

    /** Checks alignment and bounds. */
    public Range {
      long limit = 1L << MAX_PHYSICAL_BITS;
      if (base < 0 || size <= 0 || base > limit || size > limit - base) {
        throw new IllegalArgumentException(
            "RAM range 0x%x + 0x%x leaves the 52-bit physical address space".formatted(base, size));
      }
      if (((base | size) & (DirtyPages.PAGE_SIZE - 1)) != 0) {
        throw new IllegalArgumentException(
            "RAM range 0x%x + 0x%x is not a multiple of the page size %d"
                .formatted(base, size, DirtyPages.PAGE_SIZE));
      }
    }

    /** First address after the range. */
    public long end() {
      return base + size;
    }
  }
}
