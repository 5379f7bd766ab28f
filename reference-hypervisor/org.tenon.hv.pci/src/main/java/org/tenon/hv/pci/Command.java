package org.tenon.hv.pci;

/**
 * Bits of the command register, and of the status register above it (PCI local bus specification
 * 3.0, 6.2.2 and 6.2.3).
 */
final class Command {
  static final int IO_SPACE = 1;
  static final int MEMORY_SPACE = 1 << 1;
  static final int BUS_MASTER = 1 << 2;
  static final int PARITY = 1 << 6;
  static final int SYSTEM_ERROR = 1 << 8;
  static final int INTX_DISABLE = 1 << 10;

  static final int INTERRUPT_STATUS = 1 << 19;
  static final int CAPABILITY_LIST = 1 << 20;

  /** What a guest can set in every function, whatever spaces it has. */
  static final int ALWAYS = BUS_MASTER | PARITY | SYSTEM_ERROR | INTX_DISABLE;

  private Command() {}
}
