package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.Segment;

/**
 * The segment registers with their descriptor caches, and the checks of every access through them.
 */
public final class Segments {
  public static final int LDTR = 6;
  public static final int TR = 7;

  // Bits of attributes (see Segment).
  static final int ACCESSED = 1;
  static final int WRITABLE = 2;
  static final int EXPAND_DOWN = 4;
  static final int CODE = 8;
  static final int NOT_SYSTEM = 0x10;
  static final int PRESENT = 0x80;
  static final int LONG = 0x2000;
  static final int BIG = 0x4000;
  static final int GRANULARITY = 0x8000;

  final int[] selector = new int[8];
  final long[] base = new long[8];
  final int[] limit = new int[8];
  final int[] attributes = new int[8];

  /** Bases as 64-bit code sees them: zero but for FS and GS. */
  public final long[] flat = new long[8];

  private final Cpu cpu;

  Segments(Cpu cpu) {
    this.cpu = cpu;
  }

  /** The visible part. */
  public int selector(int segment) {
    return selector[segment];
  }

  /** The highest offset. */
  public long limit(int segment) {
    return limit[segment] & 0xffffffffL;
  }

  /** The base, whatever the mode. */
  public long base(int segment) {
    return base[segment];
  }

  /** Sets only the base (FS and GS by MSR or instruction). */
  public void setBase(int segment, long value) {
    base[segment] = value;
    flat[segment] = segment == 4 || segment == 5 || !cpu.code64() ? value : 0;
  }

  void set(int segment, int newSelector, long newBase, int newLimit, int newAttributes) {
    selector[segment] = newSelector;
    base[segment] = newBase;
    limit[segment] = newLimit;
    attributes[segment] = newAttributes;
    flat[segment] = segment >= 4 || !cpu.code64() ? newBase : 0;
  }

  /** After a change between 64-bit and other code. */
  void updateFlat() {
    for (int k = 0; k < 4; k++) {
      flat[k] = cpu.code64() ? 0 : base[k];
    }
  }

  Segment get(int segment) {
    return new Segment(selector[segment], base[segment], limit[segment], attributes[segment]);
  }

  void set(int segment, Segment value) {
    set(segment, value.selector(), value.base(), value.limit(), value.attributes());
  }

  static int dpl(int attributes) {
    return attributes >> 5 & 3;
  }

  /**
   * The linear address of an access outside 64-bit mode.
   *
   * @throws GuestFault #GP or #SS if the segment does not allow it
   */
  public long checked(int segment, long offset, int size, boolean write) {
    int a = attributes[segment];
    boolean allowed;
    if (cpu.protectedMode()) {
      allowed =
          (a & PRESENT) != 0
              && ((a & CODE) == 0 ? !write || (a & WRITABLE) != 0 : !write && (a & WRITABLE) != 0);
    } else {
      allowed = true;
    }
    long last = offset + size - 1;
    long top = limit[segment] & 0xffffffffL;
    if ((a & (CODE | EXPAND_DOWN)) == EXPAND_DOWN) {
      allowed &= offset > top && last <= ((a & BIG) != 0 ? 0xffffffffL : 0xffffL);
    } else {
      allowed &= last <= top;
    }
    if (!allowed) {
      throw cpu.fault(segment == 2 ? GuestFault.SS : GuestFault.GP, 0);
    }
    return base[segment] + offset & 0xffffffffL;
  }
}
