package org.tenon.hv.engine;

/** DR0 to DR3 (linear addresses), DR6 (status) and DR7 (control). */
public record DebugRegisters(long dr0, long dr1, long dr2, long dr3, long dr6, long dr7) {
  /** The state after power-on. */
  public static final DebugRegisters RESET = new DebugRegisters(0, 0, 0, 0, 0xffff0ff0L, 0x400);
}
