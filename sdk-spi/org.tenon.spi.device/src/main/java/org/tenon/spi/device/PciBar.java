package org.tenon.spi.device;

import org.tenon.api.Stability;

/**
 * A base address register and the window behind it (PCI local bus specification 3.0, 6.2.5.1).
 *
 * @param index which register, 0 to 5; a 64-bit one takes the next too
 * @param kind what it decodes
 * @param prefetchable whether reads have no side effect and writes may be merged; always so for
 *     {@link Kind#MEMORY64}, because bridges put nothing else above 4 GiB; never for ports
 * @param size bytes: a power of two, 16 to 2 GiB in memory, 4 to 256 in ports
 * @param registerBytes how wide the registers are: 1, 2 or 4, and then every access comes as whole
 *     aligned registers (a narrower write is merged with what the register reads as); or 0 for
 *     accesses as the guest makes them, of any alignment
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record PciBar(int index, Kind kind, boolean prefetchable, long size, int registerBytes) {
  /** What a base address register decodes. */
  public enum Kind {
    /** Ports. */
    PORTS,
    /** Memory below 4 GiB. */
    MEMORY32,
    /** Memory anywhere. */
    MEMORY64
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range; the message says which
   */
  public PciBar {
    boolean ports = kind == Kind.PORTS;
    check(index >= 0 && index <= (kind == Kind.MEMORY64 ? 4 : 5), index, "index " + index);
    check(
        Long.bitCount(size) == 1
            && size >= (ports ? 4 : 16)
            && size <= (ports ? 256 : DeviceOffer.BAR_LIMIT),
        index,
        size + " bytes of " + kind);
    check(
        registerBytes == 0 || registerBytes == 1 || registerBytes == 2 || registerBytes == 4,
        index,
        "registers of " + registerBytes + " bytes");
    check(prefetchable ? !ports : kind != Kind.MEMORY64, index, "such prefetching in " + kind);
  }

  private static void check(boolean holds, int index, String what) {
    if (!holds) {
      throw new IllegalArgumentException("BAR %d cannot have %s".formatted(index, what));
    }
  }

  /** Memory below 4 GiB, not prefetchable, with registers of 32 bits. */
  public static PciBar memory32(int index, long size) {
    return new PciBar(index, Kind.MEMORY32, false, size, 4);
  }

  /** Memory anywhere, prefetchable, with registers of 32 bits. */
  public static PciBar memory64(int index, long size) {
    return new PciBar(index, Kind.MEMORY64, true, size, 4);
  }

  /** Ports, with registers of 32 bits. */
  public static PciBar ports(int index, long size) {
    return new PciBar(index, Kind.PORTS, false, size, 4);
  }

  /** The same with registers of another width. */
  public PciBar withRegisters(int bytes) {
    return new PciBar(index, kind, prefetchable, size, bytes);
  }

  /** How many registers it takes: 1, or 2 for 64 bits. */
  public int registersTaken() {
    return kind == Kind.MEMORY64 ? 2 : 1;
  }
}
