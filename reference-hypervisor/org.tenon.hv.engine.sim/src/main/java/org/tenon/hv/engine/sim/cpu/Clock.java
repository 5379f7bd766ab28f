package org.tenon.hv.engine.sim.cpu;

/**
 * The time stamp counter: the machine's time plus retired instructions plus what the guest added.
 */
public final class Clock {
  private final Cpu cpu;
  private final int ticksPerInstruction;
  private long base;
  private long baseRetired;
  private long guestOffset;
  private int sharing = 1;

  Clock(Cpu cpu, int ticksPerInstruction) {
    this.cpu = cpu;
    this.ticksPerInstruction = ticksPerInstruction;
  }

  /**
   * The machine sets its time, between two runs.
   *
   * @param among how many vCPUs the time goes from now on
   */
  public void set(long ticks, int among) {
    sharing = among;
    base = ticks;
    baseRetired = cpu.retired;
  }

  /**
   * Takes the value of a saved state, after {@link #setGuestOffset}; the machine's next {@link
   * #set} tells the same time without the offset.
   */
  void restore(long tsc) {
    base = tsc - guestOffset;
    baseRetired = cpu.retired;
  }

  /** What the guest has added by writing IA32_TSC. */
  long guestOffset() {
    return guestOffset;
  }

  void setGuestOffset(long ticks) {
    guestOffset = ticks;
  }

  /**
   * What RDTSC returns.
   *
   * @param position instructions retired since the current block began
   */
  public long tsc(int position) {
    long ticks = (cpu.retired + position - baseRetired) * ticksPerInstruction;
    return base + ticks / sharing + guestOffset;
  }

  /** The guest writes IA32_TSC. */
  public void setTsc(long value, int position) {
    guestOffset += value - tsc(position);
  }
}
