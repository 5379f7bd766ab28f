package org.tenon.hv.engine.sim.cpu;

/**
 * Unwinds an instruction that cannot go on before the machine has answered an exit. One instance
 * per processor, no stack trace.
 */
public final class LeaveRun extends RuntimeException {
  LeaveRun() {
    super(null, null, false, false);
  }
}
