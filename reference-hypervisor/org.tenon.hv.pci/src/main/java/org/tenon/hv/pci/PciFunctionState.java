package org.tenon.hv.pci;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What a type 0 header keeps; the states of its capabilities follow as records of their own.
 *
 * @param command the command register
 * @param cacheLine the cache line size register
 * @param interruptLine the interrupt line register
 * @param bases the six base address registers, without their type bits
 * @param interrupting whether the device asserts its interrupt wire
 */
@StateFormat(name = "pci-function", version = 1)
public record PciFunctionState(
    int command, int cacheLine, int interruptLine, List<Integer> bases, boolean interrupting) {
  /** Checks the shape. */
  public PciFunctionState {
    bases = List.copyOf(bases);
    if (bases.size() != 6
        || command >>> 16 != 0
        || cacheLine >>> 8 != 0
        || interruptLine >>> 8 != 0) {
      throw new IllegalArgumentException("no state of a PCI function");
    }
  }
}
