package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.sim.decode.Insn;

/** The current task-state segment: where the stacks of the inner privilege levels are. */
final class TaskSegment {
  private static final int TYPE_32 = 8;

  /** Offset of the stack pointer of privilege 0 in a 64-bit TSS. */
  private static final int RSP0 = 4;

  /** Offset of the first entry of the interrupt stack table, less one entry. */
  private static final int BEFORE_IST = 0x1c;

  private final Cpu cpu;

  TaskSegment(Cpu cpu) {
    this.cpu = cpu;
  }

  private int errorCode() {
    return SegmentLoader.errorCode(cpu.segments.selector[Segments.TR]);
  }

  private long read(int offset, int size) {
    if (offset + size - 1 > (cpu.segments.limit[Segments.TR] & 0xffffffffL)) {
      throw cpu.fault(GuestFault.TS, errorCode());
    }
    return cpu.loader.loadSystem(cpu.segments.base[Segments.TR] + offset);
  }

  /** RSP of a privilege level, in long mode. */
  long stackPointer(int privilege) {
    return read(RSP0 + 8 * privilege, 8);
  }

  /** An entry of the interrupt stack table, 1 to 7. */
  long interruptStack(int number) {
    return read(BEFORE_IST + 8 * number, 8);
  }

  /**
   * Outside long mode: changes to an inner privilege level and loads SS and SP for it. If a later
   * step faults the caller undoes it by {@link #leaveInnerStack}.
   */
  void enterInnerStack(int privilege) {
    long sp;
    int selector;
    if ((cpu.segments.attributes[Segments.TR] & TYPE_32) != 0) {
      sp = read(4 + 8 * privilege, 8) & 0xffffffffL;
      selector = (int) read(8 + 8 * privilege, 2) & 0xffff;
    } else {
      long both = read(2 + 4 * privilege, 4);
      sp = both & 0xffff;
      selector = (int) (both >>> 16) & 0xffff;
    }
    cpu.setCpl(privilege);
    cpu.loader.loadStack(selector, privilege, GuestFault.TS);
    cpu.setStackPointer(sp);
  }

  /** Back to the stack and privilege from before {@link #enterInnerStack}. */
  void leaveInnerStack(Segment stack, long sp, int privilege) {
    cpu.segments.set(Insn.SS, stack);
    cpu.r[Cpu.RSP] = sp;
    cpu.setCpl(privilege);
  }
}
