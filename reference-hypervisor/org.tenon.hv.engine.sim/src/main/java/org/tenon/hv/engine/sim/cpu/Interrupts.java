package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.sim.decode.Insn;

/** Delivers interrupts and exceptions (Intel SDM vol. 3, chapter 6), and holds those that wait. */
public final class Interrupts {
  /** Why a vector is delivered. */
  public enum Cause {
    /** External interrupt or NMI. */
    HARDWARE,
    /** Fault: the instruction will be repeated. */
    FAULT,
    /** Trap, INT1: the instruction is done. */
    TRAP,
    /** INT n, INT3, INTO: subject to the gate's privilege. */
    SOFTWARE
  }

  private static final int NMI = 2;
  private static final int EXTERNAL = 1;
  private static final int TASK_GATE = 5;
  private static final int[] PUSHED_8086 = {Insn.GS, Insn.FS, Insn.DS, Insn.ES};
  private static final int[] NONE = {};

  private final Cpu cpu;
  private boolean nmiPending;
  private boolean nmiBlocked;
  private int injected = -1;
  private boolean windowRequested;
  private boolean shutdown;
  private long deliveries;

  Interrupts(Cpu cpu) {
    this.cpu = cpu;
  }

  public boolean nmiPending() {
    return nmiPending;
  }

  public boolean nmiBlocked() {
    return nmiBlocked;
  }

  public int injected() {
    return injected;
  }

  /** Sets what waits, from a saved state. */
  public void restore(boolean newNmiPending, boolean newNmiBlocked, int newInjected) {
    nmiPending = newNmiPending;
    nmiBlocked = newNmiBlocked;
    injected = newInjected;
    shutdown = false;
  }

  /** Accepts a vector for delivery before the next instruction. */
  public void inject(int vector) {
    injected = vector;
  }

  public void raiseNmi() {
    nmiPending = true;
  }

  void unblockNmi() {
    nmiBlocked = false;
  }

  public void requestWindow() {
    windowRequested = true;
  }

  /** Whether an interrupt could be injected now. */
  public boolean open() {
    return cpu.flags.has(Flags.IF) && injected < 0 && !cpu.shadowed();
  }

  /** Whether the run loop has anything to do here before the next instruction. */
  public boolean attention() {
    return nmiPending || injected >= 0 || windowRequested;
  }

  /** Whether the awaited window is open; ends the wait if so. */
  public boolean takeWindow() {
    if (windowRequested && open()) {
      windowRequested = false;
      return true;
    }
    return false;
  }

  /** Delivers what waits and may be delivered now. */
  public void deliverPending() {
    if (nmiPending && !nmiBlocked && !cpu.shadowed()) {
      nmiPending = false;
      nmiBlocked = true;
      raise(NMI, 0, Cause.HARDWARE, cpu.rip);
    } else if (injected >= 0) {
      int vector = injected;
      injected = -1;
      raise(vector, 0, Cause.HARDWARE, cpu.rip);
    }
  }

  /** How many events have been delivered; to tell whether an instruction led to one. */
  long deliveries() {
    return deliveries;
  }

  /** Whether the processor has shut down after a triple fault. */
  public boolean shutdown() {
    return shutdown;
  }

  /** Delivers an exception that an instruction raised. */
  public void raise(GuestFault fault, long rip) {
    raise(fault.vector(), fault.errorCode(), Cause.FAULT, rip);
  }

  /**
   * INT n, INT3, INTO. A fault on the way is the instruction's own and leaves by exception, so that
   * it reports this instruction's address.
   */
  public void software(int vector, long next) {
    deliver(vector, 0, Cause.SOFTWARE, next);
  }

  /** Delivers a vector; faults on the way become double and triple faults as they must. */
  public void raise(int firstVector, int firstCode, Cause firstCause, long returnRip) {
    boolean before = cpu.devices.disconnect(true);
    try {
      raiseUntilDelivered(firstVector, firstCode, firstCause, returnRip);
    } finally {
      cpu.devices.disconnect(before);
    }
  }

  private void raiseUntilDelivered(
      int firstVector, int firstCode, Cause firstCause, long returnRip) {
    int vector = firstVector;
    int code = firstCode;
    Cause cause = firstCause;
    for (; ; ) {
      try {
        deliver(vector, code, cause, returnRip);
        return;
      } catch (GuestFault next) {
        boolean exception = cause == Cause.FAULT;
        if (exception && vector == GuestFault.DF) {
          shutdown = true;
          return;
        }
        boolean becomesDouble =
            exception
                && ((contributory(vector) && contributory(next.vector()))
                    || (vector == GuestFault.PF
                        && (next.vector() == GuestFault.PF || contributory(next.vector()))));
        vector = becomesDouble ? GuestFault.DF : next.vector();
        code = becomesDouble ? 0 : next.errorCode() | (namesSelector(next.vector()) ? EXTERNAL : 0);
        cause = Cause.FAULT;
      }
    }
  }

  /** Whether the error code has the EXT bit: the fault came while an event was delivered. */
  private static boolean namesSelector(int vector) {
    return vector >= GuestFault.TS && vector <= GuestFault.GP;
  }

  private static boolean contributory(int vector) {
    return switch (vector) {
      case GuestFault.DE, GuestFault.TS, GuestFault.NP, GuestFault.SS, GuestFault.GP -> true;
      default -> false;
    };
  }

  private void deliver(int vector, int code, Cause cause, long returnRip) {
    deliveries++;
    if (vector == GuestFault.DB) {
      cpu.debug.entered();
    }
    if ((cpu.cr0 & Cpu.CR0_PE) == 0) {
      deliverReal(vector, returnRip);
    } else if (cpu.longMode()) {
      deliverLong(vector, code, cause, returnRip);
    } else {
      deliverProtected(vector, code, cause, returnRip);
    }
  }

  private void deliverReal(int vector, long returnRip) {
    if (vector * 4 + 3 > cpu.idtLimit) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    long entry = cpu.mmu.load32(cpu.idtBase + vector * 4L);
    cpu.mmu.store(cpu.stackAddress(-2, 2, true), 2, cpu.rflags());
    cpu.mmu.store(cpu.stackAddress(-4, 2, true), 2, cpu.segments.selector(Insn.CS));
    cpu.mmu.store(cpu.stackAddress(-6, 2, true), 2, returnRip);
    cpu.setStackPointer(cpu.stackPointer() - 6);
    cpu.flags.system &= ~(Flags.IF | Flags.TF | Flags.AC | Flags.RF);
    int selector = (int) (entry >>> 16);
    cpu.segments.set(
        Insn.CS,
        selector,
        (long) selector << 4,
        cpu.segments.limit[Insn.CS],
        cpu.segments.attributes[Insn.CS]);
    cpu.rip = entry & 0xffff;
    cpu.mmu.select();
  }

  private GuestFault gateFault(int kind, int vector) {
    return cpu.fault(kind, vector << 3 | 2);
  }

  /** The target's code descriptor, checked; errors carry the selector. */
  private SegmentLoader.Descriptor target(int selector) {
    if (SegmentLoader.isNull(selector)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    SegmentLoader.Descriptor d = cpu.loader.read(selector, GuestFault.GP);
    if (!d.code() || d.dpl() > cpu.cpl()) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, SegmentLoader.errorCode(selector));
    }
    return d;
  }

  /** A fault's instruction is to be resumed, which a breakpoint on it must not prevent. */
  private long pushedFlags(int vector, Cause cause) {
    return cpu.rflags() | (cause == Cause.FAULT && vector != GuestFault.DF ? Flags.RF : 0);
  }

  private void deliverLong(int vector, int code, Cause cause, long returnRip) {
    if (vector * 16 + 15 > cpu.idtLimit) {
      throw gateFault(GuestFault.GP, vector);
    }
    long slot = cpu.idtBase + vector * 16L;
    long low = cpu.loader.loadSystem(slot);
    long high = cpu.loader.loadSystem(slot + 8);
    int type = (int) (low >>> 40) & 0x1f;
    int dpl = (int) (low >>> 45) & 3;
    if ((type != 0xe && type != 0xf) || (cause == Cause.SOFTWARE && dpl < cpu.cpl())) {
      throw gateFault(GuestFault.GP, vector);
    }
    if ((low >>> 47 & 1) == 0) {
      throw gateFault(GuestFault.NP, vector);
    }
    int selector = (int) (low >>> 16) & 0xffff;
    long offset = (low & 0xffff) | (low >>> 32 & 0xffff0000L) | high << 32;
    SegmentLoader.Descriptor d = target(selector);
    if ((d.attributes() & (Segments.LONG | Segments.BIG)) != Segments.LONG) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    int privilege = d.conforming() ? cpu.cpl() : d.dpl();
    int ist = (int) (low >>> 32) & 7;
    boolean inner = privilege < cpu.cpl();
    cpu.far.checkOffset(d, offset);
    long sp =
        ist != 0
            ? cpu.task.interruptStack(ist)
            : inner ? cpu.task.stackPointer(privilege) : cpu.r[Cpu.RSP];
    if (sp << 16 >> 16 != sp) {
      throw cpu.fault(GuestFault.SS, 0);
    }
    sp &= ~15L;
    boolean hasCode = cause == Cause.FAULT && GuestFault.hasErrorCode(vector);
    if (inner) {
      cpu.mmu.selectSupervisor();
    }
    try {
      cpu.mmu.store64(sp - 8, cpu.segments.selector(Insn.SS));
      cpu.mmu.store64(sp - 16, cpu.r[Cpu.RSP]);
      cpu.mmu.store64(sp - 24, pushedFlags(vector, cause));
      cpu.mmu.store64(sp - 32, cpu.segments.selector(Insn.CS));
      cpu.mmu.store64(sp - 40, returnRip);
      if (hasCode) {
        cpu.mmu.store64(sp - 48, code);
      }
    } finally {
      cpu.mmu.select();
    }
    int clear = Flags.TF | Flags.NT | Flags.RF | Flags.VM | (type == 0xe ? Flags.IF : 0);
    cpu.flags.system &= ~clear;
    cpu.loader.fillCode(selector, d, privilege);
    if (inner) {
      cpu.segments.set(Insn.SS, privilege, 0, 0, privilege << 5);
    }
    cpu.r[Cpu.RSP] = sp - (hasCode ? 48 : 40);
    cpu.rip = offset;
  }

  private void deliverProtected(int vector, int code, Cause cause, long returnRip) {
    if (vector * 8 + 7 > cpu.idtLimit) {
      throw gateFault(GuestFault.GP, vector);
    }
    long gate = cpu.loader.loadSystem(cpu.idtBase + vector * 8L);
    int type = (int) (gate >>> 40) & 0x1f;
    int dpl = (int) (gate >>> 45) & 3;
    boolean known = type == TASK_GATE || type == 6 || type == 7 || type == 0xe || type == 0xf;
    if (!known || (cause == Cause.SOFTWARE && dpl < cpu.cpl())) {
      throw gateFault(GuestFault.GP, vector);
    }
    if ((gate >>> 47 & 1) == 0) {
      throw gateFault(GuestFault.NP, vector);
    }
    boolean hasCode = cause == Cause.FAULT && GuestFault.hasErrorCode(vector);
    int selector = (int) (gate >>> 16) & 0xffff;
    long flags = pushedFlags(vector, cause);
    if (type == TASK_GATE) {
      deliverToTask(selector, flags, hasCode, code, returnRip);
      return;
    }
    int size = type >= 0xe ? 4 : 2;
    SegmentLoader.Descriptor d = target(selector);
    long offset = size == 4 ? (gate & 0xffff) | (gate >>> 32 & 0xffff0000L) : gate & 0xffff;
    int privilege = d.conforming() ? cpu.cpl() : d.dpl();
    cpu.far.checkOffset(d, offset);
    if (cpu.virtual8086() && privilege != 0) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    pushFrame(size, privilege, flags, returnRip, hasCode, code);
    cpu.flags.system &=
        ~(Flags.TF | Flags.NT | Flags.RF | Flags.VM | ((type & 1) == 0 ? Flags.IF : 0));
    cpu.loader.fillCode(selector, d, privilege);
    cpu.rip = offset;
  }

  private void deliverToTask(int selector, long flags, boolean hasCode, int code, long returnRip) {
    SegmentLoader.Descriptor d = cpu.taskSwitch.descriptor(selector, TaskSwitch.Cause.NESTED);
    cpu.flags.system |= (int) flags & Flags.RF;
    cpu.taskSwitch.run(selector, d, TaskSwitch.Cause.NESTED, returnRip);
    if (hasCode) {
      cpu.push((d.type() & 8) != 0 ? 4 : 2, code);
    }
  }

  /** Pushes the frame, after a change to an inner privilege's stack; all of it or nothing. */
  private void pushFrame(
      int size, int privilege, long flags, long returnRip, boolean hasCode, int code) {
    Segment stack = cpu.segments.get(Insn.SS);
    long sp = cpu.r[Cpu.RSP];
    int outer = cpu.cpl();
    boolean from8086 = cpu.virtual8086();
    boolean pushed = false;
    try {
      cpu.flags.system &= ~Flags.VM;
      if (privilege < outer) {
        cpu.task.enterInnerStack(privilege);
        for (int segment : from8086 ? PUSHED_8086 : NONE) {
          cpu.push(size, cpu.segments.selector(segment));
        }
        cpu.push(size, stack.selector());
        cpu.push(size, sp);
      }
      cpu.push(size, flags);
      cpu.push(size, cpu.segments.selector(Insn.CS));
      cpu.push(size, returnRip);
      if (hasCode) {
        cpu.push(size, code);
      }
      pushed = true;
    } finally {
      if (!pushed) {
        cpu.flags.system |= from8086 ? Flags.VM : 0;
        cpu.task.leaveInnerStack(stack, sp, outer);
      }
    }
    if (from8086) {
      for (int segment : PUSHED_8086) {
        cpu.segments.set(segment, 0, 0, 0, 0);
      }
    }
  }
}
