package org.tenon.hv.pci;

import org.tenon.hv.bus.Window;

/** The next step of an access on its way from a BAR to the processors, seen from below. */
interface Upstream {
  /** Accesses of the window are to reach the BAR. */
  void decode(Bar bar, Window window);

  /** They are not any more; ignored where they were not. */
  void release(Bar bar);
}
