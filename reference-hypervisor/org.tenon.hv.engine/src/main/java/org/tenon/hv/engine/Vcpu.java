package org.tenon.hv.engine;

/**
 * One logical processor. Every method belongs to the thread that runs it, except {@link #kick()}.
 *
 * @see org.tenon.hv.engine the package page for the run loop
 */
public interface Vcpu {
  /** {@link #translate(long)} of an address that the page tables do not map. */
  long UNMAPPED = -1;

  /** The initial local APIC id given at creation. */
  int apicId();

  /**
   * Runs until an exit. A deterministic engine retires exactly {@code budget} instructions when it
   * comes back with {@link VcpuExit.Reason#BUDGET}; a hardware engine takes the number as a hint
   * and uses real time.
   *
   * @param budget the most instructions to retire, at least 1; 1 is a single step
   * @throws IllegalStateException if the previous exit was a read that has not been completed
   */
  VcpuExit run(long budget);

  /**
   * Gives a PORT_READ, MMIO_READ or MSR_READ exit its value; the upper bits beyond the access's
   * size are ignored.
   */
  void complete(long value);

  /** Answers an MSR_READ or MSR_WRITE exit with #GP(0). */
  void refuse();

  /**
   * False after a port, MMIO or MSR exit, until the instruction has been finished by running on
   * with a budget of 1 (which may give further exits).
   */
  boolean atInstructionBoundary();

  /**
   * Whether RFLAGS.IF is set, no interrupt shadow is active and nothing else waits for injection.
   */
  boolean canTakeInterrupt();

  /**
   * Delivers an external interrupt before the next instruction.
   *
   * @param vector 0 to 255
   * @throws IllegalStateException unless {@link #canTakeInterrupt()}
   */
  void injectInterrupt(int vector);

  /**
   * Leaves an NMI pending, to be delivered as soon as NMIs are not blocked. A second one while
   * pending is lost.
   */
  void injectNmi();

  /**
   * Makes the next runs stop with INTERRUPT_WINDOW as soon as {@link #canTakeInterrupt()} holds;
   * ends with that exit.
   */
  void requestInterruptWindow();

  /** Makes a run in progress, or else the next one, come back with KICKED soon. Any thread. */
  void kick();

  /** Instructions retired since creation; an interrupted REP instruction counts when it ends. */
  long retired();

  /** What RDTSC would return now. */
  long tsc();

  /**
   * Sets the machine's time; an offset that the guest wrote into IA32_TSC stays on top of it.
   * Called between runs.
   *
   * @param ticks of the time stamp counter since the machine was switched on
   * @param sharing among how many vCPUs the time goes, 1 or more: until the next call each retired
   *     instruction moves the counter by {@link VmConfig#tscTicksPerInstruction()} divided by this,
   *     rounded down over all of them; a hardware engine ignores it
   */
  void setTsc(long ticks, int sharing);

  /** Everything the guest could see of this vCPU, and what an exact continuation needs. */
  VcpuState state();

  /**
   * Puts the vCPU into a state: at boot, at INIT and SIPI, from a debugger, or from a saved
   * machine.
   *
   * @throws IllegalArgumentException if the state is impossible, with the reason
   * @throws IllegalStateException unless {@link #atInstructionBoundary()}
   */
  void setState(VcpuState state);

  /** The task priority, CR8. */
  int taskPriority();

  /**
   * Sets CR8 after the guest has changed the local APIC's task priority register (bits 7:4 of it).
   */
  void setTaskPriority(int priority);

  /**
   * Translates a linear address with the current page tables, as a supervisor's read, without
   * touching accessed bits.
   *
   * @return the guest-physical address or {@link #UNMAPPED}
   */
  long translate(long linear);

  /**
   * Sets (replaces) a debugger's execution breakpoints, linear addresses; the guest cannot see
   * them.
   */
  void setBreakpoints(long... addresses);
}
