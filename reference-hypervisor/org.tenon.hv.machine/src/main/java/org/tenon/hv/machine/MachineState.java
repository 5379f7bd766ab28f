package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.hv.bus.state.Successor;

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
 * @param devices how many devices are plugged in; what each is follows this record
 */
@StateFormat(name = "machine", version = 2, before = MachineStateV1.class)
public record MachineState(
    String type,
    long memory,
    int processors,
    long nanos,
    long carry,
    int turn,
    long left,
    int devices)
    implements Successor<MachineStateV1> {
  /** Checks the ranges. */
  public MachineState {
    if (nanos < 0 || carry < 0 || memory <= 0 || turn < 0 || turn >= processors || devices < 0) {
      throw new IllegalArgumentException("no state of a machine");
    }
  }

  @Override
  public @Nullable MachineStateV1 older() {
    return devices == 0
        ? new MachineStateV1(type, memory, processors, nanos, carry, turn, left)
        : null;
  }
}
