package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bus: 32 devices of 8 functions, and the bridges among them, through which a configuration
 * access of another bus is sent on (PCI-to-PCI bridge architecture specification 1.2, 3.1). The bus
 * that configuration mechanisms are put over is bus 0.
 */
public final class PciBus {
  private static final int FUNCTIONS = 256;

  private final @Nullable PciFunction[] functions = new @Nullable PciFunction[FUNCTIONS];
  private final List<PciBridge> bridges = new ArrayList<>();

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
      throw new IllegalArgumentException("PCI %02x.%d is taken".formatted(device, function));
    }
    functions[place] = plugged;
    if (plugged instanceof PciBridge bridge) {
      bridges.add(bridge);
    }
  }

  /** Takes a function out. */
  public void unplug(int device, int function) {
    functions[device << 3 | function] = null;
  }

  /**
   * Reads configuration space.
   *
   * @param address bus 27:20, device 19:15, function 14:12, offset 11:0
   * @param size 1, 2 or 4 bytes; must not cross a 32-bit register
   */
  long read(int address, int size) {
    long mask = (1L << (8 * size)) - 1;
    PciFunction function = find(0, address);
    if (function == null) {
      return mask;
    }
    return (Integer.toUnsignedLong(function.readConfig(address & 0xffc)) >>> (8 * (address & 3)))
        & mask;
  }

  /** Writes configuration space; the arguments are those of {@link #read}. */
  void write(int address, int size, long value) {
    PciFunction function = find(0, address);
    if (function != null) {
      int shift = 8 * (address & 3);
      long mask = ((1L << (8 * size)) - 1) << shift;
      function.writeConfig(address & 0xffc, (int) (value << shift & mask), (int) mask);
    }
  }

  /** The function at an address, seen from this bus, whose number is {@code number}. */
  private @Nullable PciFunction find(int number, int address) {
    int bus = address >>> 20;
    if (bus == number) {
      return functions[address >>> 12 & 0xff];
    }
    for (PciBridge bridge : bridges) {
      if (bus >= bridge.secondaryNumber() && bus <= bridge.subordinateNumber()) {
        return bridge.secondary().find(bridge.secondaryNumber(), address);
      }
    }
    return null;
  }
}
