package org.tenon.hv.machine;

import org.tenon.hv.pci.Type0Function;

/** A device that may also be in a hot-plug slot, with a partner's driver behind it. */
interface PluggedCard extends PluggedDevice {
  /** The PCI function. */
  Type0Function function();
}
