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

  Clock(Cpu cpu, int ticksPerInstruction) {
    this.cpu = cpu;
    this.ticksPerInstruction = ticksPerInstruction;
  }

  /** The machine sets its time, between two runs. */
  public void set(long ticks) {
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
    return base + (cpu.retired + position - baseRetired) * ticksPerInstruction + guestOffset;
  }

  /** The guest writes IA32_TSC. */
  public void setTsc(long value, int position) {
    guestOffset += value - tsc(position);
  }
}
