package org.tenon.hv.engine.sim.jit;

import org.tenon.hv.engine.sim.cpu.Cpu;

/** A region as JVM code. */
@FunctionalInterface
public interface CompiledRegion {
  /**
   * Executes from the region's head until control leaves it or the budget ends. Leaves RIP, the
   * retired count, registers and flags as the interpreter would; on a fault or an exit, {@link
   * Cpu#position} tells the instruction and the count is that of its block's start.
   *
   * @param code what this is part of
   * @param budget how many instructions may be executed; the head's block fits
   */
  void run(Cpu cpu, RegionCode code, int budget);
}
