package org.tenon.hv.engine;

/**
 * A segment register with the descriptor it holds.
 *
 * @param selector the visible part, 16 bits
 * @param base the linear base address
 * @param limit the highest offset in bytes (granularity already applied), 32 bits unsigned
 * @param attributes bits 8 to 15 and 20 to 23 of the descriptor's second doubleword, shifted right
 *     by 8: type 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15; 0 stands for an unusable
 *     (null) segment
 */
public record Segment(int selector, long base, int limit, int attributes) {
  /** Present, code or data (not system). */
  private static final int PRESENT_USER = 0x90;

  /** A null selector that was loaded: any use of it faults. */
  public static final Segment UNUSABLE = new Segment(0, 0, 0, 0);

  public Segment {
    if (selector >>> 16 != 0 || (attributes & ~0xf0ff) != 0) {
      throw new IllegalArgumentException(
          "no segment: selector 0x%x, attributes 0x%x".formatted(selector, attributes));
    }
  }

  /** A 64-bit code segment of privilege level 0. */
  public static Segment code64(int selector) {
    return new Segment(selector, 0, -1, 0xa000 | PRESENT_USER | 0xb);
  }

  /** A flat 32-bit code segment of privilege level 0. */
  public static Segment code32(int selector) {
    return new Segment(selector, 0, -1, 0xc000 | PRESENT_USER | 0xb);
  }

  /** A flat 32-bit writable data segment of privilege level 0. */
  public static Segment data32(int selector) {
    return new Segment(selector, 0, -1, 0xc000 | PRESENT_USER | 0x3);
  }

  /** A code segment as real mode has it. */
  public static Segment realCode(int selector) {
    return new Segment(selector, (long) selector << 4, 0xffff, PRESENT_USER | 0xb);
  }

  /** A data segment as real mode has it. */
  public static Segment realData(int selector) {
    return new Segment(selector, (long) selector << 4, 0xffff, PRESENT_USER | 0x3);
  }

  /** An empty local descriptor table. */
  public static Segment emptyLdt() {
    return new Segment(0, 0, 0xffff, 0x82);
  }

  /** A busy 32/64-bit task state segment. */
  public static Segment busyTss(int selector, long base, int limit) {
    return new Segment(selector, base, limit, 0x8b);
  }
}
