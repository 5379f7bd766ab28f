package org.tenon.hv.machine;

import org.tenon.hv.irq.LocalApicState;

/**
 * What a processor keeps.
 *
 * @param activity RUNNING, HALTED or WAITING_FOR_STARTUP
 * @param initRequested whether an INIT waits to be acted on
 * @param startupVector a start-up message that waits, or -1
 */
public record ProcessorState(
    String activity,
    boolean initRequested,
    int startupVector,
    LocalApicState apic,
    VcpuImage vcpu) {
  /** Checks the ranges. */
  public ProcessorState {
    Processor.Activity.valueOf(activity);
    if (startupVector < -1 || startupVector > 0xff) {
      throw new IllegalArgumentException("no start-up vector: " + startupVector);
    }
  }
}
