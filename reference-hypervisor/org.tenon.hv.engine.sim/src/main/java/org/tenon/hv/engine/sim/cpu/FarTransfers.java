package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Far jumps, calls and returns, and IRET (Intel SDM vol. 3, 5.8 and 6.14); {@link CallGates} and
 * {@link TaskSwitch} do what leads through a system descriptor.
 */
public final class FarTransfers {
  private static final int TASK_GATE = 5;

  /** A privilege at which flags may change as far as IOPL 3 allows. */
  private static final int IOPL_STAYS = 3;

  private final Cpu cpu;

  FarTransfers(Cpu cpu) {
    this.cpu = cpu;
  }

  /** JMP far; {@code next} is where a task that is left will go on. */
  public void jump(int selector, long offset, long next) {
    if (!cpu.protectedMode()) {
      realCode(selector);
      cpu.rip = offset;
      return;
    }
    SegmentLoader.Descriptor d = target(selector);
    if (d.system()) {
      jumpSystem(selector, d, next);
      return;
    }
    checkDirect(selector, d);
    checkOffset(d, offset);
    cpu.loader.fillCode(selector, d, cpu.cpl());
    cpu.rip = cpu.code64() ? offset : offset & 0xffffffffL;
  }

  /** CALL far; pushes in units of {@code size} bytes. */
  public void call(int selector, long offset, int size, long next) {
    if (!cpu.protectedMode()) {
      pushReturn(size, next);
      realCode(selector);
      cpu.rip = offset;
      return;
    }
    SegmentLoader.Descriptor d = target(selector);
    if (d.system()) {
      callSystem(selector, d, next);
      return;
    }
    checkDirect(selector, d);
    checkOffset(d, offset);
    pushReturn(size, next);
    cpu.loader.fillCode(selector, d, cpu.cpl());
    cpu.rip = cpu.code64() ? offset : offset & 0xffffffffL;
  }

  /** #GP(0) if code does not reach to an offset, so that the transfer itself faults. */
  void checkOffset(SegmentLoader.Descriptor d, long offset) {
    boolean code64 = cpu.longMode() && (d.attributes() & Segments.LONG) != 0;
    boolean reached = code64 ? offset << 16 >> 16 == offset : offset <= (d.limit() & 0xffffffffL);
    if (!reached) {
      throw cpu.fault(GuestFault.GP, 0);
    }
  }

  private void jumpSystem(int selector, SegmentLoader.Descriptor d, long next) {
    if (cpu.gates.isCallGate(d)) {
      cpu.gates.jump(selector, d);
    } else {
      switchTask(selector, d, TaskSwitch.Cause.JUMP, next);
    }
  }

  private void callSystem(int selector, SegmentLoader.Descriptor d, long next) {
    if (cpu.gates.isCallGate(d)) {
      cpu.gates.call(selector, d, next);
    } else {
      switchTask(selector, d, TaskSwitch.Cause.NESTED, next);
    }
  }

  /** To a TSS, or to the one that a task gate names. */
  private void switchTask(
      int selector, SegmentLoader.Descriptor d, TaskSwitch.Cause cause, long next) {
    boolean gate = d.type() == TASK_GATE;
    boolean task = (d.type() & 5) == 1;
    boolean privileged = d.dpl() >= Math.max(cpu.cpl(), selector & 3);
    if (cpu.longMode() || !(gate || task) || !privileged) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    if (gate && !d.present()) {
      throw cpu.fault(GuestFault.NP, SegmentLoader.errorCode(selector));
    }
    int target = gate ? cpu.taskSwitch.gateTarget(d) : selector;
    cpu.taskSwitch.run(target, cpu.taskSwitch.descriptor(target, cause), cause, next);
  }

  void pushReturn(int size, long next) {
    cpu.mmu.store(cpu.stackAddress(-size, size, true), size, cpu.segments.selector(Insn.CS));
    cpu.mmu.store(cpu.stackAddress(-2L * size, size, true), size, next);
    cpu.setStackPointer(cpu.stackPointer() - 2L * size);
  }

  private SegmentLoader.Descriptor target(int selector) {
    if (SegmentLoader.isNull(selector)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    return cpu.loader.read(selector, GuestFault.GP);
  }

  private void checkDirect(int selector, SegmentLoader.Descriptor d) {
    boolean allowed =
        d.conforming() ? d.dpl() <= cpu.cpl() : d.dpl() == cpu.cpl() && (selector & 3) <= cpu.cpl();
    if (!d.code() || !allowed) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    cpu.loader.checkCode(selector, d);
  }

  private void realCode(int selector) {
    int keep = cpu.segments.attributes[Insn.CS];
    cpu.segments.set(Insn.CS, selector, (long) selector << 4, cpu.segments.limit[Insn.CS], keep);
    cpu.updateMode();
  }

  /** RETF; {@code release} bytes of parameters are dropped from both stacks. */
  public void ret(int size, int release) {
    long offset = cpu.peek(0, size);
    int selector = (int) cpu.peek(size, size) & 0xffff;
    if (!cpu.protectedMode()) {
      cpu.setStackPointer(cpu.stackPointer() + 2L * size + release);
      realCode(selector);
      cpu.rip = offset;
      return;
    }
    if ((selector & 3) > cpu.cpl()) {
      long sp = cpu.peek(2L * size + release, size);
      int stack = (int) cpu.peek(3L * size + release, size) & 0xffff;
      toOuter(selector, offset, stack, sp + release);
    } else {
      SegmentLoader.Descriptor d = returnCode(selector);
      checkOffset(d, offset);
      long sp = cpu.stackPointer() + 2L * size + release;
      cpu.setStackPointer(sp);
      cpu.loader.fillCode(selector, d, cpu.cpl());
      cpu.rip = offset;
    }
  }

  private SegmentLoader.Descriptor returnCode(int selector) {
    if (SegmentLoader.isNull(selector)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    SegmentLoader.Descriptor d = cpu.loader.read(selector, GuestFault.GP);
    int rpl = selector & 3;
    boolean privilege = d.conforming() ? d.dpl() <= rpl : d.dpl() == rpl;
    if (rpl < cpu.cpl() || !privilege) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    cpu.loader.checkCode(selector, d);
    return d;
  }

  private void toOuter(int selector, long offset, int stack, long sp) {
    SegmentLoader.Descriptor d = returnCode(selector);
    int rpl = selector & 3;
    boolean to64 = cpu.longMode() && (d.attributes() & Segments.LONG) != 0;
    checkOffset(d, offset);
    SegmentLoader.Descriptor s = null;
    if (!SegmentLoader.isNull(stack)) {
      s = cpu.loader.checkStack(stack, rpl, GuestFault.GP);
    } else if (!to64 || rpl == 3) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    boolean outer = rpl > cpu.cpl();
    cpu.loader.fillCode(selector, d, rpl);
    if (s == null) {
      cpu.segments.set(Insn.SS, stack, 0, 0, rpl << 5);
    } else {
      cpu.loader.fillStack(stack, s);
    }
    cpu.setStackPointer(sp);
    if (outer) {
      cpu.loader.dropPrivilegedData();
    }
    cpu.rip = offset;
  }

  /** IRET with pops of {@code size} bytes. */
  public void iret(int size) {
    cpu.requireVirtual8086Privilege();
    if (!cpu.protectedMode()) {
      iretReal(size);
      return;
    }
    if (cpu.flags.has(Flags.NT)) {
      if (cpu.longMode()) {
        throw cpu.fault(GuestFault.GP, 0);
      }
      cpu.taskSwitch.back();
      return;
    }
    long offset = cpu.peek(0, size);
    int selector = (int) cpu.peek(size, size) & 0xffff;
    long flags = cpu.peek(2L * size, size);
    int privilege = cpu.cpl();
    if (!cpu.longMode() && size == 4 && privilege == 0 && (flags & Flags.VM) != 0) {
      toVirtual8086(offset, selector, flags);
      return;
    }
    if ((selector & 3) > privilege || cpu.code64()) {
      long sp = cpu.peek(3L * size, size);
      int stack = (int) cpu.peek(4L * size, size) & 0xffff;
      toOuter(selector, offset, stack, sp);
    } else {
      SegmentLoader.Descriptor d = returnCode(selector);
      checkOffset(d, offset);
      cpu.setStackPointer(cpu.stackPointer() + 3L * size);
      cpu.loader.fillCode(selector, d, privilege);
      cpu.rip = cpu.code64() ? offset : offset & 0xffffffffL;
    }
    setFlags(flags, size, privilege);
  }

  private void iretReal(int size) {
    long ip = cpu.peek(0, size);
    int selector = (int) cpu.peek(size, size) & 0xffff;
    long flags = cpu.peek(2L * size, size);
    cpu.setStackPointer(cpu.stackPointer() + 3L * size);
    realCode(selector);
    cpu.rip = ip;
    setFlags(flags, size, cpu.virtual8086() ? IOPL_STAYS : 0);
  }

  /** Above the frame of an IRET lie ESP, SS, ES, DS, FS and GS. */
  private void toVirtual8086(long offset, int codeSelector, long flags) {
    int[] selectors = new int[6];
    int[] order = {Insn.SS, Insn.ES, Insn.DS, Insn.FS, Insn.GS};
    long sp = cpu.peek(12, 4);
    for (int k = 0; k < order.length; k++) {
      selectors[order[k]] = (int) cpu.peek(16 + 4L * k, 4) & 0xffff;
    }
    selectors[Insn.CS] = codeSelector;
    cpu.setRflags(flags);
    cpu.loader.loadVirtual8086(selectors);
    cpu.r[Cpu.RSP] = sp;
    cpu.rip = offset & 0xffff;
    cpu.debug.resumeNext();
    cpu.interrupts.unblockNmi();
  }

  private void setFlags(long value, int size, int privilege) {
    int changeable =
        Flags.ARITHMETIC | Flags.TF | Flags.DF | Flags.NT | Flags.RF | Flags.AC | Flags.ID;
    if (privilege == 0) {
      changeable |= Flags.IOPL | Flags.IF | Flags.VIF | Flags.VIP;
    } else if (privilege <= (cpu.flags.system >> 12 & 3)) {
      changeable |= Flags.IF;
    }
    if (size == 2) {
      changeable &= 0xffff;
    }
    cpu.setRflags((cpu.rflags() & ~changeable) | (value & changeable));
    cpu.debug.resumeNext();
    cpu.interrupts.unblockNmi();
  }
}
