package org.tenon.hv.pci;

import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * One entry of a function's capability list (PCI local bus specification 3.0, 6.7), as whole 32-bit
 * registers. {@link Type0Function} places it and fills in its first two bytes, id and next pointer,
 * and saves it with itself. One that the guest cannot change has no state.
 */
public interface Capability extends Saved {
  /** The capability id, 8 bits. */
  int id();

  /** Bytes, with the first two. */
  int length();

  /**
   * Reads a register.
   *
   * @param register byte offset from the capability's start, a multiple of 4; bits 15:0 of register
   *     0 are ignored
   */
  int read(int register);

  /**
   * Writes a register in part or whole.
   *
   * @param register as in {@link #read}
   * @param value the new bits, in place
   * @param lanes which bits of {@code value} the access carries, in whole bytes
   */
  void write(int register, int value, int lanes);

  /** To the state after reset; nothing to do for one that never changes. */
  default void reset() {}

  @Override
  default void save(StateWriter out) throws StateException {}

  @Override
  default void restore(StateReader in) throws StateException {}
}
