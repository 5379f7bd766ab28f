package org.tenon.hv.pci;

import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.RegisterWidth;

/**
 * One base address register and what lies behind it (PCI local bus specification 3.0, 6.2.5.1).
 *
 * @param index 0 to 5; a 64-bit one takes the next too
 * @param kind what it decodes
 * @param prefetchable whether reads have no side effect; always so in {@link Kind#MEMORY64}
 * @param size bytes: a power of two, at least 16 in memory and 4 in ports
 * @param width how wide the registers are
 * @param registers the device's side
 */
public record Bar(
    int index,
    Kind kind,
    boolean prefetchable,
    long size,
    RegisterWidth width,
    RegisterBlock registers) {
  /** What a base address register decodes. */
  public enum Kind {
    /** Ports. */
    PORTS,
    /** Memory below 4 GiB. */
    MEMORY32,
    /** Memory anywhere, prefetchable, so that bridges may put it above 4 GiB. */
    MEMORY64
  }

  /** Checks index and size. */
  public Bar {
    boolean fits =
        index >= 0
            && index < (kind == Kind.MEMORY64 ? 5 : 6)
            && Long.bitCount(size) == 1
            && size >= (kind == Kind.PORTS ? 4 : 16)
            && size <= (kind == Kind.PORTS ? 256 : 1L << 31)
            && (prefetchable ? kind != Kind.PORTS : kind != Kind.MEMORY64);
    if (!fits) {
      throw new IllegalArgumentException(
          "no BAR %d of kind %s has %d bytes".formatted(index, kind, size));
    }
  }

  /** One that is prefetchable where its kind has to be. */
  public Bar(int index, Kind kind, long size, RegisterWidth width, RegisterBlock registers) {
    this(index, kind, kind == Kind.MEMORY64, size, width, registers);
  }

  /** How many registers it takes. */
  int registersTaken() {
    return kind == Kind.MEMORY64 ? 2 : 1;
  }

  /** The bits of the low register that say what kind it is. */
  int typeBits() {
    return switch (kind) {
      case PORTS -> 1;
      case MEMORY32 -> prefetchable ? 0b1000 : 0;
      case MEMORY64 -> 0b1100;
    };
  }
}
