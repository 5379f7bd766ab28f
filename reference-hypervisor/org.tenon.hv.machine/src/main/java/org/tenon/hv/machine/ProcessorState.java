package org.tenon.hv.machine;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What a processor keeps beside its local APIC and its vCPU.
 *
 * @param activity RUNNING, HALTED or WAITING_FOR_STARTUP
 * @param initRequested whether an INIT waits to be acted on
 * @param startupVector a start-up message that waits, or -1
 */
@StateFormat(name = "processor", version = 1)
public record ProcessorState(String activity, boolean initRequested, int startupVector) {
  /** Checks the ranges. */
  public ProcessorState {
    Processor.Activity.valueOf(activity);
    if (startupVector < -1 || startupVector > 0xff) {
      throw new IllegalArgumentException("no start-up vector: " + startupVector);
    }
  }
}
