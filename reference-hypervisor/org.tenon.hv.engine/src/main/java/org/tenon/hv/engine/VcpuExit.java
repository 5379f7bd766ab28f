package org.tenon.hv.engine;

/**
 * Why {@link Vcpu#run(long)} came back. One instance belongs to each vCPU and is overwritten by its
 * next run, so that an exit allocates nothing.
 */
public interface VcpuExit {
  /** What the machine has to do. */
  enum Reason {
    /** IN or INS: complete with the value read from port {@link #address()}. */
    PORT_READ,
    /** OUT or OUTS: {@link #value()} goes to port {@link #address()}. */
    PORT_WRITE,
    /** A load from a physical address without RAM: complete with its value. */
    MMIO_READ,
    /** A store to a physical address without RAM, or to ROM. */
    MMIO_WRITE,
    /**
     * RDMSR of an index, in {@link #address()}, that is not the engine's own: complete or refuse.
     */
    MSR_READ,
    /**
     * WRMSR of {@link #value()} to an index, in {@link #address()}, that is not the engine's own:
     * complete or refuse.
     */
    MSR_WRITE,
    /** CR8 was written; {@link #value()} is the new task priority. Nothing to complete. */
    TASK_PRIORITY,
    /**
     * HLT retired. The machine runs the vCPU again when it has injected an interrupt or NMI (or
     * after INIT); until then it keeps it from running.
     */
    HALT,
    /**
     * A triple fault, or SHUTDOWN entered in another way; {@link #detail()} tells. The machine
     * resets or stops.
     */
    SHUTDOWN,
    /** The instruction budget is used up. */
    BUDGET,
    /** The vCPU can take an interrupt now, as asked by {@link Vcpu#requestInterruptWindow()}. */
    INTERRUPT_WINDOW,
    /** The instruction at RIP has a debugger's breakpoint and has not been executed. */
    BREAKPOINT,
    /** Somebody called {@link Vcpu#kick()}. */
    KICKED,
    /** The engine cannot go on with this guest; {@link #detail()} tells why. */
    FAILURE
  }

  /** Why the vCPU stopped. */
  Reason reason();

  /** The port, the guest-physical address or the MSR index; 0 where it has no meaning. */
  long address();

  /** Width of a port or MMIO access in bytes: 1, 2, 4 or 8; 0 where it has no meaning. */
  int size();

  /** What a write writes, zero-extended. */
  long value();

  /** A sentence for a log where the reason alone says too little, else empty. */
  String detail();
}
