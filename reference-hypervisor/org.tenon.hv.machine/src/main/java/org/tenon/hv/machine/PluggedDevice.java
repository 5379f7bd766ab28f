package org.tenon.hv.machine;

import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateWriter;

/**
 * A device that a user has plugged in, with whatever stands behind it. The machine saves it in two
 * parts: first what it is, which is compared when the same is plugged into the machine that is
 * restored, and later, among the board's devices, its state ({@link Saved}).
 */
interface PluggedDevice extends Saved, AutoCloseable {
  /**
   * Brings what is behind the device to rest, and keeps what comes of it from the guest; run-loop
   * thread, between two runs.
   *
   * @throws StateException where it cannot be; {@link #resume} is called all the same
   */
  void pause() throws StateException;

  /**
   * Puts the record that says what the device is; while paused.
   *
   * @throws StateException where it cannot be saved, in one line for the user
   */
  void saveIdentity(StateWriter out) throws StateException;

  /** Ends a pause. */
  void resume();

  @Override
  void close();
}
