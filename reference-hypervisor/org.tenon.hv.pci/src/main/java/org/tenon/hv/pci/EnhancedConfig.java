package org.tenon.hv.pci;

import org.tenon.hv.bus.RegisterBlock;

/**
 * ECAM: every function's 4 KiB of configuration space in memory (PCI Express base specification,
 * 7.2.2).
 */
public final class EnhancedConfig implements RegisterBlock {
  private final PciBus bus;

  /** A window over a bus; map it with 32-bit registers or as the guest accesses it. */
  public EnhancedConfig(PciBus bus) {
    this.bus = bus;
  }

  @Override
  public long read(int offset, int size) {
    if ((offset & 3) + size > 4) {
      return -1;
    }
    return bus.read(offset, size);
  }

  @Override
  public void write(int offset, int size, long value) {
    if ((offset & 3) + size <= 4) {
      bus.write(offset, size, value);
    }
  }
}
