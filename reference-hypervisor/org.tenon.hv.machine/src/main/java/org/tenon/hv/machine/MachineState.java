package org.tenon.hv.machine;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * A whole machine at an instruction boundary, all but its RAM.
 *
 * @param type the machine type's name
 * @param memory bytes of RAM
 * @param nanos machine time
 * @param turn whose time slice it is
 * @param left instructions left in the slice
 * @param board the devices
 * @param processors in the order of their numbers
 */
@StateFormat(name = "machine", version = 1)
public record MachineState(
    String type,
    long memory,
    long nanos,
    int turn,
    long left,
    BoardState board,
    List<ProcessorState> processors) {
  /** Checks the ranges. */
  public MachineState {
    processors = List.copyOf(processors);
    if (nanos < 0 || memory <= 0 || processors.isEmpty() || turn < 0 || turn >= processors.size()) {
      throw new IllegalArgumentException("no state of a machine");
    }
  }
}
