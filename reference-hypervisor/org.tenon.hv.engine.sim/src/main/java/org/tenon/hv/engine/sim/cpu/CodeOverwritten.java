package org.tenon.hv.engine.sim.cpu;

/**
 * Unwinds a compiled region before a store to translated code: the interpreter executes that
 * instruction, and the region may then be gone. One instance per processor, no stack trace.
 */
public final class CodeOverwritten extends RuntimeException {
  private static final long serialVersionUID = 1;

  CodeOverwritten() {
    super(null, null, false, false);
  }
}
