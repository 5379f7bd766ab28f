package org.tenon.hv.engine.sim.jit;

import org.tenon.hv.engine.sim.decode.Insn;

/** Bytecode for packed and scalar instructions on XMM registers, which stay in their array. */
final class SseInstructions {
  private SseInstructions() {}

  static boolean covers(Insn insn) {
    return false;
  }
}
