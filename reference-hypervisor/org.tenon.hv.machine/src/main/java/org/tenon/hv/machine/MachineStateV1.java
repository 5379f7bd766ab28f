package org.tenon.hv.machine;

import org.tenon.hv.bus.state.Predecessor;
import org.tenon.hv.bus.state.StateFormat;

/**
 * {@link MachineState} as it was before machines were saved with devices, and still is for a
 * machine without.
 *
 * @param type see {@link MachineState}, as for all
 * @param memory bytes of RAM
 * @param processors how many
 * @param nanos machine time
 * @param carry nanoseconds of one processor that are not part of machine time yet
 * @param turn whose time slice it is
 * @param left instructions left in the slice
 */
@StateFormat(name = "machine", version = 1)
public record MachineStateV1(
    String type, long memory, int processors, long nanos, long carry, int turn, long left)
    implements Predecessor<MachineState> {
  @Override
  public MachineState newer() {
    return new MachineState(type, memory, processors, nanos, carry, turn, left, 0);
  }
}
