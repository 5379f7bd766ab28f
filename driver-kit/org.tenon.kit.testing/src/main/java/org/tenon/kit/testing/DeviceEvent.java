package org.tenon.kit.testing;

import org.tenon.api.Stability;

/**
 * Something that a function under test did to its guest.
 *
 * @param kind what
 * @param at the vector, the pin's level, or the guest-physical address
 * @param length bytes written; 0 for interrupts
 * @param nanos when, in machine time
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record DeviceEvent(Kind kind, long at, long length, long nanos) {
  /** What a function does. */
  public enum Kind {
    /** It sent an interrupt message, whether or not the guest had enabled them. */
    SIGNAL,
    /** It changed the interrupt pin. */
    PIN,
    /** It wrote guest memory. */
    WRITE,
    /** It read guest memory. */
    READ,
    /** It borrowed guest memory. */
    LEASE
  }
}
