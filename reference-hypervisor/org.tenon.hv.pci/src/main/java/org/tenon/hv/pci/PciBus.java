package org.tenon.hv.pci;

import org.jspecify.annotations.Nullable;

/** Bus 0: 32 devices of 8 functions. Other buses are empty. */
public final class PciBus {
  private static final int FUNCTIONS = 256;

  private final @Nullable PciFunction[] functions = new @Nullable PciFunction[FUNCTIONS];

  /** An empty bus. */
  public PciBus() {}

  /**
   * Plugs a function in.
   *
   * @param device 0 to 31
   * @param function 0 to 7
   * @throws IllegalArgumentException when the place is taken
   */
  public void plug(int device, int function, PciFunction plugged) {
    int place = device << 3 | function;
    if (functions[place] != null) {
      throw new IllegalArgumentException("PCI 00:%02x.%d is taken".formatted(device, function));
    }
    functions[place] = plugged;
  }

  /**
   * Reads configuration space.
   *
   * @param address bus 27:20, device 19:15, function 14:12, offset 11:0
   * @param size 1, 2 or 4 bytes; must not cross a 32-bit register
   */
  long read(int address, int size) {
    long mask = (1L << (8 * size)) - 1;
    PciFunction function = find(address);
    if (function == null) {
      return mask;
    }
    return (Integer.toUnsignedLong(function.readConfig(address & 0xffc)) >>> (8 * (address & 3)))
        & mask;
  }

  /** Writes configuration space; the arguments are those of {@link #read}. */
  void write(int address, int size, long value) {
    PciFunction function = find(address);
    if (function != null) {
      int shift = 8 * (address & 3);
      long mask = ((1L << (8 * size)) - 1) << shift;
      function.writeConfig(address & 0xffc, (int) (value << shift & mask), (int) mask);
    }
  }

  private @Nullable PciFunction find(int address) {
    return address >>> 20 == 0 ? functions[address >>> 12] : null;
  }
}
