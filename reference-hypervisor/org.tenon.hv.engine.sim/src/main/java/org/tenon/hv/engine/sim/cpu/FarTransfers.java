package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Far jumps, calls and returns, and IRET (Intel SDM vol. 3, 5.8 and 6.14). Call gates and task
 * switches, which no 64-bit kernel uses, raise #GP.
 */
public final class FarTransfers {
  private final Cpu cpu;

  FarTransfers(Cpu cpu) {
    this.cpu = cpu;
  }

  /** JMP far. */
  public void jump(int selector, long offset) {
    if (!cpu.protectedMode()) {
      realCode(selector);
      cpu.rip = offset;
      return;
    }
    SegmentLoader.Descriptor d = direct(selector);
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
    SegmentLoader.Descriptor d = direct(selector);
    pushReturn(size, next);
    cpu.loader.fillCode(selector, d, cpu.cpl());
    cpu.rip = cpu.code64() ? offset : offset & 0xffffffffL;
  }

  private void pushReturn(int size, long next) {
    cpu.mmu.store(cpu.stackAddress(-size, size, true), size, cpu.segments.selector(Insn.CS));
    cpu.mmu.store(cpu.stackAddress(-2L * size, size, true), size, next);
    cpu.setStackPointer(cpu.stackPointer() - 2L * size);
  }

  private SegmentLoader.Descriptor direct(int selector) {
    if (SegmentLoader.isNull(selector)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    SegmentLoader.Descriptor d = cpu.loader.read(selector, GuestFault.GP);
    cpu.loader.checkCode(selector, d);
    boolean allowed =
        d.conforming() ? d.dpl() <= cpu.cpl() : d.dpl() == cpu.cpl() && (selector & 3) <= cpu.cpl();
    if (!allowed) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    return d;
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
    if (to64 && offset << 16 >> 16 != offset) {
      throw cpu.fault(GuestFault.GP, 0);
    }
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
    if (!cpu.protectedMode()) {
      long ip = cpu.peek(0, size);
      int selector = (int) cpu.peek(size, size) & 0xffff;
      long flags = cpu.peek(2L * size, size);
      cpu.setStackPointer(cpu.stackPointer() + 3L * size);
      realCode(selector);
      cpu.rip = ip;
      setFlags(flags, size, 0);
      return;
    }
    if (cpu.flags.has(Flags.NT)) {
      throw cpu.fault(GuestFault.GP, 0); // a return from a nested task
    }
    long offset = cpu.peek(0, size);
    int selector = (int) cpu.peek(size, size) & 0xffff;
    long flags = cpu.peek(2L * size, size);
    int privilege = cpu.cpl();
    if (!cpu.longMode() && size == 4 && privilege == 0 && (flags & Flags.VM) != 0) {
      throw cpu.fault(GuestFault.GP, 0); // virtual-8086 mode is not offered
    }
    if ((selector & 3) > privilege || cpu.code64()) {
      long sp = cpu.peek(3L * size, size);
      int stack = (int) cpu.peek(4L * size, size) & 0xffff;
      toOuter(selector, offset, stack, sp);
    } else {
      SegmentLoader.Descriptor d = returnCode(selector);
      cpu.setStackPointer(cpu.stackPointer() + 3L * size);
      cpu.loader.fillCode(selector, d, privilege);
      cpu.rip = cpu.code64() ? offset : offset & 0xffffffffL;
    }
    setFlags(flags, size, privilege);
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
    cpu.interrupts.unblockNmi();
  }
}
