package org.tenon.hv.machine;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What a machine at an instruction boundary is, and where its run loop stands. The states of the
 * devices and processors follow it as records of their own.
 *
 * @param type the machine type's name
 * @param memory bytes of RAM
 * @param processors how many
 * @param nanos machine time
 * @param carry nanoseconds of one processor that are not part of machine time yet
 * @param turn whose time slice it is
 * @param left instructions left in the slice
 */
@StateFormat(name = "machine", version = 1)
public record MachineState(
    String type, long memory, int processors, long nanos, long carry, int turn, long left) {
  /** Checks the ranges. */
  public MachineState {
    if (nanos < 0 || carry < 0 || memory <= 0 || turn < 0 || turn >= processors) {
      throw new IllegalArgumentException("no state of a machine");
    }
  }
}
