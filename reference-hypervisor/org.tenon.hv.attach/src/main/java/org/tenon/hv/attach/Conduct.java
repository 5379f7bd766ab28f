package org.tenon.hv.attach;

import org.tenon.api.ClauseId;
import org.tenon.api.Fault;

/**
 * Where the parts of an attachment report what the driver did wrong. Any thread, no monitor of a
 * port held.
 */
interface Conduct {
  /** The driver and its device, in the words of a fault's subject. */
  String subject();

  /** Records the fault and acts on it. Never throws. */
  void fault(ClauseId clause, Fault.Kind kind, String subject, String detail);
}
