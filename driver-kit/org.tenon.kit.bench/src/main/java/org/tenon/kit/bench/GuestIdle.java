package org.tenon.kit.bench;

import org.tenon.api.Stability;

/**
 * What a machine does while its guest waits for an interrupt. A hypervisor that works on its
 * devices between two instructions of the guest has the guest's thread for it then; a bench's guest
 * lends its own.
 */
@FunctionalInterface
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface GuestIdle {
  /**
   * Works on a queue of the device if there is something to do, and else waits until there may be,
   * or some time has passed. Called by the thread of the queue; does not allocate.
   */
  void idle(int queue, long nanos);
}
