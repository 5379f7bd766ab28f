package org.tenon.hv.pci;

/**
 * A range of addresses that the host bridge passes on to the bus.
 *
 * @param kind what lies there: ports, memory that 32 bits reach, or memory above
 * @param first the first address
 * @param last the last
 */
public record BridgeWindow(Bar.Kind kind, long first, long last) {
  /** Checks the order. */
  public BridgeWindow {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("no window is %#x to %#x".formatted(first, last));
    }
  }

  /** Whether a BAR at this base would be reached wholly through the window. */
  boolean passes(Bar bar, long base) {
    boolean ports = bar.kind() == Bar.Kind.PORTS;
    return ports == (kind == Bar.Kind.PORTS) && base >= first && base - 1 <= last - bar.size();
  }
}
