package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.sim.cpu.SegmentLoader.Descriptor;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Hardware task switches (Intel SDM vol. 3, 7.3), which exist outside long mode only. What faults
 * before the new TSS has been read leaves the old task as it was; later faults are the new task's.
 */
final class TaskSwitch {
  /** What asks for the switch. */
  enum Cause {
    JUMP,
    /** CALL, interrupt or exception: the new task may return. */
    NESTED,
    /** IRET with NT. */
    RETURN
  }

  private static final int BUSY = 2;
  private static final int LIMIT_16 = 0x2b;
  private static final int LIMIT_32 = 0x67;
  private static final long TRAP_OF_TASK = 1 << 15;

  /** Segment registers in the order in which a TSS keeps them. */
  private static final int SEGMENTS_16 = 4;

  private static final int SEGMENTS_32 = 6;

  private final Cpu cpu;

  // The new task, as read.
  private final long[] registers = new long[8];
  private final int[] selectors = new int[SEGMENTS_32];
  private int localTable;
  private long newRip;
  private long newFlags;
  private long newCr3;
  private boolean trap;

  TaskSwitch(Cpu cpu) {
    this.cpu = cpu;
  }

  private static boolean is32(int type) {
    return (type & 8) != 0;
  }

  /** Reads a TSS descriptor for a switch to it. */
  Descriptor descriptor(int selector, Cause cause) {
    int vector = cause == Cause.RETURN ? GuestFault.TS : GuestFault.GP;
    int code = SegmentLoader.errorCode(selector);
    if ((selector & 4) != 0 || SegmentLoader.isNull(selector)) {
      throw cpu.fault(vector, code);
    }
    Descriptor d = cpu.loader.read(selector, vector);
    boolean task = d.system() && (d.type() & 5) == 1;
    boolean busy = (d.type() & BUSY) != 0;
    if (!task || busy != (cause == Cause.RETURN)) {
      throw cpu.fault(vector, code);
    }
    return d;
  }

  /** The TSS that a task gate names. */
  int gateTarget(Descriptor gate) {
    return (int) (gate.raw() >>> 16) & 0xffff;
  }

  /** IRET with NT: back to the task that the link names. */
  void back() {
    int link = (int) cpu.loader.loadSystem(cpu.segments.base[Segments.TR]) & 0xffff;
    run(link, descriptor(link, Cause.RETURN), Cause.RETURN, cpu.rip);
  }

  /**
   * Switches.
   *
   * @param rip where the old task will go on
   */
  void run(int selector, Descriptor d, Cause cause, long rip) {
    int code = SegmentLoader.errorCode(selector);
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, code);
    }
    boolean wide = is32(d.type());
    if ((d.limit() & 0xffffffffL) < (wide ? LIMIT_32 : LIMIT_16)) {
      throw cpu.fault(GuestFault.TS, code);
    }
    readTask(d.base(), wide);
    int old = cpu.segments.selector[Segments.TR];
    saveTask(cause, rip);
    if (cause == Cause.NESTED) {
      cpu.loader.storeSystem16(d.base(), old);
      newFlags |= Flags.NT;
    } else {
      markBusy(cpu.loader.read(old, GuestFault.TS), false);
    }
    if (cause != Cause.RETURN) {
      markBusy(d, true);
    }
    cpu.segments.set(
        Segments.TR, selector, d.base(), d.limit(), (d.attributes() & ~15) | d.type() | BUSY);
    cpu.cr0 |= Cpu.CR0_TS;
    try {
      enter(wide);
    } catch (GuestFault fault) {
      cpu.interrupts.raise(fault, newRip);
    }
  }

  private void markBusy(Descriptor d, boolean busy) {
    cpu.loader.setType(d, busy ? d.type() | BUSY : d.type() & ~BUSY);
  }

  private void readTask(long base, boolean wide) {
    int step = wide ? 4 : 2;
    long mask = wide ? 0xffffffffL : 0xffffL;
    int at = wide ? 0x20 : 0x0e;
    newCr3 = wide ? cpu.loader.loadSystem(base + 0x1c) & mask : cpu.cr3;
    newRip = cpu.loader.loadSystem(base + at) & mask;
    newFlags = cpu.loader.loadSystem(base + at + step) & mask;
    for (int k = 0; k < 8; k++) {
      registers[k] = cpu.loader.loadSystem(base + at + step * (2L + k)) & mask;
    }
    for (int k = 0; k < SEGMENTS_32; k++) {
      boolean present = wide || k < SEGMENTS_16;
      selectors[k] =
          present ? (int) cpu.loader.loadSystem(base + at + step * (10L + k)) & 0xffff : 0;
    }
    localTable = (int) cpu.loader.loadSystem(base + (wide ? 0x60 : 0x2a)) & 0xffff;
    trap = wide && (cpu.loader.loadSystem(base + 0x64) & 1) != 0;
  }

  private void saveTask(Cause cause, long rip) {
    long base = cpu.segments.base[Segments.TR];
    boolean wide = is32(cpu.segments.attributes[Segments.TR]);
    int step = wide ? 4 : 2;
    int at = wide ? 0x20 : 0x0e;
    long flags = cpu.rflags() & ~(cause == Cause.RETURN ? Flags.NT : 0L);
    cpu.mmu.selectSupervisor();
    try {
      cpu.mmu.checkWrite(base + at, wide ? 0x40 : 0x1c);
      cpu.mmu.store(base + at, step, rip);
      cpu.mmu.store(base + at + step, step, flags);
      for (int k = 0; k < 8; k++) {
        cpu.mmu.store(base + at + step * (2L + k), step, cpu.r[k]);
      }
      for (int k = 0; k < (wide ? SEGMENTS_32 : SEGMENTS_16); k++) {
        cpu.mmu.store16(base + at + step * (10L + k), cpu.segments.selector[k]);
      }
    } finally {
      cpu.mmu.select();
    }
  }

  private void enter(boolean wide) {
    if (wide && cpu.paging() && newCr3 != cpu.cr3) {
      cpu.control.writeCr3(newCr3);
    }
    cpu.rip = newRip;
    cpu.setRflags(newFlags);
    for (int k = 0; k < 8; k++) {
      cpu.setRegister(k, 4, wide ? registers[k] : registers[k] | 0xffff0000L);
    }
    cpu.dr[7] &= ~0x155L; // the local breakpoints were the old task's
    cpu.debug.update();
    for (int k = 0; k < SEGMENTS_32; k++) {
      cpu.segments.set(k, selectors[k], 0, 0, 0);
    }
    cpu.segments.set(Segments.LDTR, localTable, 0, 0, 0);
    loadLocalTable();
    if (cpu.virtual8086()) {
      cpu.loader.loadVirtual8086(selectors);
    } else {
      loadSegments();
    }
    if (trap) {
      cpu.debug.taskTrap(TRAP_OF_TASK);
    }
  }

  private void loadLocalTable() {
    if (SegmentLoader.isNull(localTable)) {
      return;
    }
    int code = SegmentLoader.errorCode(localTable);
    if ((localTable & 4) != 0) {
      throw cpu.fault(GuestFault.TS, code);
    }
    Descriptor d = cpu.loader.read(localTable, GuestFault.TS);
    if (!d.system() || d.type() != 2 || !d.present()) {
      throw cpu.fault(GuestFault.TS, code);
    }
    cpu.segments.set(Segments.LDTR, localTable, d.base(), d.limit(), d.attributes());
  }

  private void loadSegments() {
    int codeSelector = selectors[Insn.CS];
    int privilege = codeSelector & 3;
    cpu.setCpl(privilege);
    int code = SegmentLoader.errorCode(codeSelector);
    Descriptor d = cpu.loader.read(codeSelector, GuestFault.TS);
    boolean allowed = d.conforming() ? d.dpl() <= privilege : d.dpl() == privilege;
    if (!d.code() || !allowed || SegmentLoader.isNull(codeSelector)) {
      throw cpu.fault(GuestFault.TS, code);
    }
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, code);
    }
    cpu.loader.loadStack(selectors[Insn.SS], privilege, GuestFault.TS);
    cpu.loader.fillCode(codeSelector, d, privilege);
    for (int segment : new int[] {Insn.ES, Insn.DS, Insn.FS, Insn.GS}) {
      cpu.loader.loadData(segment, selectors[segment], GuestFault.TS);
    }
  }
}
