package org.tenon.hv.bus.state;

/**
 * A device, or a part of one, whose state is saved with the machine. Both methods are called
 * between two runs, by the thread that runs the guest, while nothing of the device moves: the
 * machine has brought its driver to rest before. What was done for the guest and has not reached it
 * yet is state too.
 */
public interface Saved {
  /**
   * Puts the state: always the same records in the same order.
   *
   * @throws StateException where the device is in a state that cannot be saved
   */
  void save(StateWriter out) throws StateException;

  /**
   * Takes what {@link #save} put. Called once, on a device after reset, of the same make. The guest
   * sees nothing of it: no interrupt is sent and no queue is looked at.
   *
   * @throws StateException where the state is damaged or another device's
   * @throws IllegalArgumentException likewise, for what a record's constructor cannot see
   */
  void restore(StateReader in) throws StateException;
}
