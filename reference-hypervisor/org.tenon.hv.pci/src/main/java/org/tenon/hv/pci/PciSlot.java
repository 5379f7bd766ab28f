package org.tenon.hv.pci;

import org.tenon.hv.irq.IrqLine;

/**
 * Where a function is plugged in, and so what it reaches.
 *
 * @param decoder puts its BARs into the machine's address spaces
 * @param master its leave to write
 * @param wire its INTA
 * @param express whether it is at the end of a PCI Express link, not on bus 0
 */
public record PciSlot(BarDecoder decoder, BusMaster master, IrqLine wire, boolean express) {
  /** A slot of bus 0. */
  public PciSlot(BarDecoder decoder, BusMaster master, IrqLine wire) {
    this(decoder, master, wire, false);
  }
}
