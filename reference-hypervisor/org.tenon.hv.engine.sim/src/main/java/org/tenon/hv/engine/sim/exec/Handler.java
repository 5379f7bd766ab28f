package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;

/** Executes one instruction. */
@FunctionalInterface
public interface Handler {
  /** Executes {@code i} on {@code cpu}; called on the processor's thread. */
  void execute(Cpu cpu, Insn i);
}
