package org.tenon.hv.engine.sim.jit;

import org.tenon.hv.engine.sim.cpu.Cpu;

/** A block as JVM code. */
@FunctionalInterface
public interface CompiledBlock {
  /**
   * Executes the block, over and over while it jumps to itself and fits. Leaves RIP and the retired
   * count as the interpreter would; on a fault or an exit, {@link Cpu#position} tells the
   * instruction and the count is that of the block's start.
   *
   * @param end the retired count that must not be exceeded; the block fits at least once
   */
  void run(Cpu cpu, long end);
}
