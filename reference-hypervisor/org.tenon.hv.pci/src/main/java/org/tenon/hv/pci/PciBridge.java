package org.tenon.hv.pci;

/** A function with a bus behind it. */
interface PciBridge extends PciFunction {
  /** The number of the bus behind it, as the guest has set it. */
  int secondaryNumber();

  /** The highest number of a bus that is reached through it. */
  int subordinateNumber();

  /** The bus behind it. */
  PciBus secondary();
}
