package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Insn;

/** PUSH, POP and procedure frames. */
final class StackOperations {
  private StackOperations() {}

  static void bind(Handlers h) {
    h.bind("PUSH", (c, i) -> c.push(i.operandSize, c.dst(i)));
    h.bind("POP", StackOperations::pop);
    h.bind("PUSH.seg", (c, i) -> c.push(i.operandSize, c.segments.selector(i.dst)));
    h.bind("POP.seg", StackOperations::popSegment);
    h.bind("PUSHA", StackOperations::pusha);
    h.bind("POPA", StackOperations::popa);
    h.bind("PUSHF", StackOperations::pushf);
    h.bind("POPF", StackOperations::popf);
    h.bind("ENTER", StackOperations::enter);
    h.bind("LEAVE", StackOperations::leave);
  }

  private static void pop(Cpu c, Insn i) {
    int size = i.operandSize;
    long value = c.peek(0, size);
    if (i.dst >= 0) {
      c.setStackPointer(c.stackPointer() + size);
      c.setRegister(i.dst, size, value);
      return;
    }
    // An address that uses rSP sees it after the increment.
    long before = c.r[Cpu.RSP];
    c.setStackPointer(c.stackPointer() + size);
    boolean done = false;
    try {
      c.store(i, size, value);
      done = true;
    } finally {
      if (!done) {
        c.r[Cpu.RSP] = before;
      }
    }
  }

  private static void popSegment(Cpu c, Insn i) {
    int size = i.operandSize;
    int selector = (int) c.peek(0, size) & 0xffff;
    c.loader.loadData(i.dst, selector);
    c.setStackPointer(c.stackPointer() + size);
    if (i.dst == Insn.SS) {
      c.updateMode();
      c.stackShadowNext(i);
    }
  }

  private static void pusha(Cpu c, Insn i) {
    int size = i.operandSize;
    for (int k = 0; k < 8; k++) {
      c.mmu.store(c.stackAddress(-(k + 1L) * size, size, true), size, c.r[k]);
    }
    c.setStackPointer(c.stackPointer() - 8L * size);
  }

  private static void popa(Cpu c, Insn i) {
    int size = i.operandSize;
    long[] values = new long[8];
    for (int k = 0; k < 8; k++) {
      values[k] = c.peek((long) k * size, size);
    }
    c.setStackPointer(c.stackPointer() + 8L * size);
    for (int k = 0; k < 8; k++) {
      if (7 - k != Cpu.RSP) {
        c.setRegister(7 - k, size, values[k]);
      }
    }
  }

  private static void pushf(Cpu c, Insn i) {
    c.requireVirtual8086Privilege();
    c.push(i.operandSize, c.rflags() & ~(Flags.VM | Flags.RF));
  }

  private static void popf(Cpu c, Insn i) {
    c.requireVirtual8086Privilege();
    int changeable = Flags.ARITHMETIC | Flags.TF | Flags.DF | Flags.NT | Flags.AC | Flags.ID;
    if (c.cpl() == 0) {
      changeable |= Flags.IOPL | Flags.IF;
    } else if (c.cpl() <= c.iopl()) {
      changeable |= Flags.IF;
    }
    if (i.operandSize == 2) {
      changeable &= 0xffff;
    }
    long value = c.pop(i.operandSize);
    c.setRflags((c.rflags() & ~(changeable | Flags.RF)) | (value & changeable));
  }

  private static void enter(Cpu c, Insn i) {
    int size = i.operandSize;
    int level = i.imm2 & 31;
    int frameBytes = (int) i.imm & 0xffff;
    long bp = c.register(Cpu.RBP, size);
    c.mmu.store(c.stackAddress(-size, size, true), size, bp);
    long frame = c.stackPointer() - size;
    long mask = c.stackSize() == 8 ? -1L : (1L << (8 * c.stackSize())) - 1;
    for (int k = 1; k < level; k++) {
      long from = c.r[Cpu.RBP] - (long) k * size & mask;
      long link = c.mmu.load(c.linear(Insn.SS, from, size, false), size);
      c.mmu.store(c.stackAddress(-(k + 1L) * size, size, true), size, link);
    }
    if (level > 0) {
      c.mmu.store(c.stackAddress(-(level + 1L) * size, size, true), size, frame);
    }
    long sp = frame - (long) level * size - frameBytes;
    c.mmu.checkWrite(c.linear(Insn.SS, sp & mask, 1, true), 1);
    c.setRegister(Cpu.RBP, size, frame);
    c.setStackPointer(sp);
  }

  private static void leave(Cpu c, Insn i) {
    int size = i.operandSize;
    long mask = c.stackSize() == 8 ? -1L : (1L << (8 * c.stackSize())) - 1;
    long frame = c.r[Cpu.RBP] & mask;
    long bp = c.mmu.load(c.linear(Insn.SS, frame, size, false), size);
    c.setStackPointer(frame + size);
    c.setRegister(Cpu.RBP, size, bp);
  }

  /** BOUND. */
  static void bound(Cpu c, Insn i) {
    int size = i.operandSize;
    long at = c.linear(i, 2 * size, false);
    int unused = 64 - 8 * size;
    long index = c.register(i.dst, size) << unused >> unused;
    long low = c.mmu.load(at, size) << unused >> unused;
    long high = c.mmu.load(c.wrapLinear(at + size), size) << unused >> unused;
    if (index < low || index > high) {
      throw c.fault(GuestFault.BR, 0);
    }
  }
}
