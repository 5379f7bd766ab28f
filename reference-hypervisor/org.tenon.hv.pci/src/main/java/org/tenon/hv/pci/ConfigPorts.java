package org.tenon.hv.pci;

import org.tenon.hv.bus.RegisterBlock;

/**
 * Configuration mechanism 1: the address register at 0CF8H and the data window at 0CFCH (PCI local
 * bus specification 3.0, 3.2.2.3.2). A byte at 0CF9H is not part of it but the chipset's reset
 * control, which lives in the gap.
 */
public final class ConfigPorts {
  private static final int ENABLE = 1 << 31;

  private final PciBus bus;
  private final RegisterBlock resetControl;
  private int address;

  /**
   * Ports over a bus.
   *
   * @param resetControl the byte register at 0CF9H
   */
  public ConfigPorts(PciBus bus, RegisterBlock resetControl) {
    this.bus = bus;
    this.resetControl = resetControl;
  }

  /** To the state after power-on. */
  public void reset() {
    address = 0;
  }

  /** Ports 0CF8H to 0CFBH. */
  public RegisterBlock addressPorts() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        if (size == 4 && offset == 0) {
          return address;
        }
        return size == 1 && offset == 1 ? resetControl.read(0, 1) : -1;
      }

      @Override
      public void write(int offset, int size, long value) {
        if (size == 4 && offset == 0) {
          address = (int) value & (ENABLE | 0xfffffc);
        } else if (size == 1 && offset == 1) {
          resetControl.write(0, 1, value);
        }
      }
    };
  }

  /** Ports 0CFCH to 0CFFH. */
  public RegisterBlock dataPorts() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        return isReachable(offset, size) ? bus.read(target(offset), size) : -1;
      }

      @Override
      public void write(int offset, int size, long value) {
        if (isReachable(offset, size)) {
          bus.write(target(offset), size, value);
        }
      }
    };
  }

  private boolean isReachable(int offset, int size) {
    return (address & ENABLE) != 0 && offset + size <= 4;
  }

  /**
   * Mechanism 1 keeps bus, device and function at bits 23:8; configuration addresses have 12 bits
   * of offset.
   */
  private int target(int offset) {
    return (address & 0xffff00) << 4 | (address & 0xfc) | offset;
  }

  /** The address register, for a save. */
  public int save() {
    return address;
  }

  /** Takes up a saved address register. */
  public void restore(int saved) {
    address = saved & (ENABLE | 0xfffffc);
  }
}
