package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Debug exceptions (Intel SDM vol. 3, chapter 18): breakpoints of DR0 to DR3 on execution, data and
 * ports, and single steps. While any of these may come the run loop executes one instruction at a
 * time between {@link #before()} and {@link #after()}; pages with a watched address stay out of the
 * TLBs, so that {@link Mmu} reports every access there.
 */
public final class Debug {
  private static final long BREAKPOINTS = 0xf;
  private static final long DETECTED = 1 << 13;
  private static final long SINGLE_STEP = 1 << 14;
  private static final long ENABLES = 0xff;
  private static final long GENERAL_DETECT = 1 << 13;

  private static final int EXECUTE = 0;
  private static final int WRITE = 1;
  private static final int PORT = 2;
  private static final int READ_WRITE = 3;

  /** Bytes by the LEN field of DR7. */
  private static final int[] LENGTHS = {1, 2, 8, 4};

  private final Cpu cpu;
  private boolean armed;
  private boolean watching;
  private boolean stepping;
  private boolean resumed;
  private boolean taskTrapped;
  private int hits;
  private long deliveriesBefore;

  Debug(Cpu cpu) {
    this.cpu = cpu;
  }

  /** DR7 or a breakpoint's address has changed. */
  void update() {
    armed = (cpu.dr[7] & ENABLES) != 0;
    boolean data = false;
    for (int k = 0; k < 4; k++) {
      data |= enabled(k) && (kind(k) & WRITE) != 0;
    }
    if (data || watching) {
      cpu.mmu.flush();
    }
    watching = data;
  }

  private boolean enabled(int k) {
    return (cpu.dr[7] >>> (2 * k) & 3) != 0;
  }

  private int kind(int k) {
    return (int) (cpu.dr[7] >>> (16 + 4 * k)) & 3;
  }

  private int length(int k) {
    return LENGTHS[(int) (cpu.dr[7] >>> (18 + 4 * k)) & 3];
  }

  /** Whether the next instruction is to be executed alone, between before and after. */
  public boolean attention() {
    return armed || taskTrapped || hits != 0 || (cpu.flags.system & (Flags.TF | Flags.RF)) != 0;
  }

  /**
   * Begins an instruction.
   *
   * @return false if a breakpoint on it has been raised instead
   */
  public boolean before() {
    if (taskTrapped) {
      taskTrapped = false;
      trap();
      return false;
    }
    if (armed && !cpu.flags.has(Flags.RF)) {
      int found = executionHits();
      if (found != 0) {
        cpu.dr[6] = (cpu.dr[6] & ~BREAKPOINTS) | found;
        cpu.interrupts.raise(GuestFault.DB, 0, Interrupts.Cause.TRAP, cpu.rip); // RF stays clear
        cpu.retired++;
        return false;
      }
    }
    stepping = cpu.flags.has(Flags.TF);
    resumed = false;
    cpu.repeated = false;
    deliveriesBefore = cpu.interrupts.deliveries();
    return true;
  }

  private int executionHits() {
    long linear = cpu.code64() ? cpu.rip : cpu.segments.base(Insn.CS) + cpu.rip & 0xffffffffL;
    int found = 0;
    for (int k = 0; k < 4; k++) {
      if (enabled(k) && kind(k) == EXECUTE && cpu.dr[k] == linear) {
        found |= 1 << k;
      }
    }
    return found;
  }

  /** SYSCALL and SYSRET: whether they are stepped over depends on the flags that they leave. */
  public void recheckStep() {
    stepping = cpu.flags.has(Flags.TF);
  }

  /** IRET has set RF for the instruction to come. */
  void resumeNext() {
    resumed = true;
  }

  /** Ends an instruction that {@link #before()} began; raises what it has deserved. */
  public void after() {
    boolean completed = deliveriesBefore == cpu.interrupts.deliveries();
    if (completed && !resumed && !cpu.repeated) {
      cpu.flags.system &= ~Flags.RF;
    }
    resumed = false;
    if (!completed) {
      hits = 0;
      stepping = false;
      return;
    }
    if (cpu.stackShadowed()) {
      return; // MOV SS: nothing between it and the load of RSP; breakpoints wait, a step is lost
    }
    if (stepping || hits != 0) {
      if (hits != 0) {
        cpu.dr[6] = (cpu.dr[6] & ~BREAKPOINTS) | hits;
      }
      cpu.dr[6] |= stepping ? SINGLE_STEP : 0;
      cpu.flags.system |= cpu.repeated ? Flags.RF : 0;
      trap();
    }
    stepping = false;
  }

  private void trap() {
    hits = 0;
    cpu.interrupts.raise(GuestFault.DB, 0, Interrupts.Cause.TRAP, cpu.rip);
  }

  /** A switch to a task whose T bit is set. */
  void taskTrap(long status) {
    cpu.dr[6] |= status;
    taskTrapped = true;
  }

  /** A string instruction stops after each step while somebody watches its steps. */
  public boolean interruptsStrings() {
    return stepping || hits != 0;
  }

  /** Whether accesses to this page must be reported. */
  boolean watchesPage(long linear) {
    if (!watching) {
      return false;
    }
    for (int k = 0; k < 4; k++) {
      if (enabled(k) && (kind(k) & WRITE) != 0 && (cpu.dr[k] ^ linear) >>> 12 == 0) {
        return true;
      }
    }
    return false;
  }

  /** A data access in a watched page. */
  void accessed(long linear, int size, boolean write) {
    for (int k = 0; k < 4; k++) {
      boolean wanted = kind(k) == READ_WRITE || (write && kind(k) == WRITE);
      if (enabled(k) && wanted && overlaps(k, linear, size)) {
        hits |= 1 << k;
      }
    }
  }

  /** An access to a port. */
  public void port(int port, int size) {
    if (armed && (cpu.cr4 & Cpu.CR4_DE) != 0) {
      for (int k = 0; k < 4; k++) {
        if (enabled(k) && kind(k) == PORT && overlaps(k, port, size)) {
          hits |= 1 << k;
        }
      }
    }
  }

  private boolean overlaps(int k, long from, int size) {
    int length = length(k);
    long start = cpu.dr[k] & -length;
    return from < start + length && start < from + size;
  }

  /** A move to or from a debug register: #DB if DR7.GD guards them. */
  public void checkAccess() {
    if ((cpu.dr[7] & GENERAL_DETECT) != 0) {
      cpu.dr[6] |= DETECTED;
      throw cpu.fault(GuestFault.DB, 0);
    }
  }

  /** A debug exception is being delivered: its handler may use the debug registers. */
  void entered() {
    cpu.dr[7] &= ~GENERAL_DETECT;
  }
}
