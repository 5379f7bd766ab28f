package org.tenon.hv.pci;

import org.tenon.hv.irq.IrqLine;

/**
 * Where a function is plugged in, and so what it reaches.
 *
 * @param decoder puts its BARs into the machine's address spaces
 * @param master its leave to write
 * @param wire its INTA
 */
public record PciSlot(BarDecoder decoder, BusMaster master, IrqLine wire) {}
