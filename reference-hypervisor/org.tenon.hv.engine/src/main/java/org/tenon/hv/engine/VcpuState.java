package org.tenon.hv.engine;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole state of a vCPU at an instruction boundary: plain values, the same for every engine.
 *
 * @param version of this record's meaning, {@link #VERSION} when written today
 * @param msrs every MSR the engine itself keeps (not EFER, which is a system register; FS and GS
 *     base live in the segments), by index, sorted
 * @param retired instructions retired so far
 * @param tsc the time stamp counter as the guest reads it
 */
public record VcpuState(
    int version,
    Registers registers,
    SystemRegisters system,
    DebugRegisters debug,
    FpuState fpu,
    Map<Integer, Long> msrs,
    PendingEvents events,
    long retired,
    long tsc) {
  /** The version this code writes and reads. */
  public static final int VERSION = 1;

  public VcpuState {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "vCPU state has version %d, this engine reads %d".formatted(version, VERSION));
    }
    msrs = Collections.unmodifiableMap(new TreeMap<>(msrs));
  }

  /** This state with other general registers. */
  public VcpuState with(Registers value) {
    return new VcpuState(version, value, system, debug, fpu, msrs, events, retired, tsc);
  }

  /** This state with other system registers. */
  public VcpuState with(SystemRegisters value) {
    return new VcpuState(version, registers, value, debug, fpu, msrs, events, retired, tsc);
  }

  /**
   * This state after INIT: everything as after power-on but the FPU, the MSRs and the counters
   * (Intel SDM vol. 3, table 9-1). The processor signature in RDX comes from CPUID leaf 1.
   */
  public VcpuState afterInit(int signature) {
    return new VcpuState(
        version,
        Registers.ZERO.with(2, signature).withRip(0xfff0),
        SystemRegisters.reset(),
        DebugRegisters.RESET,
        fpu,
        msrs,
        PendingEvents.NONE,
        retired,
        tsc);
  }

  /**
   * This state after a start-up IPI: real mode at {@code vector:0000}.
   *
   * @param vector the page number of the start-up code, 0 to 255
   */
  public VcpuState afterStartup(int vector) {
    return with(registers.withRip(0)).with(system.withCs(Segment.realCode(vector << 8)));
  }
}
