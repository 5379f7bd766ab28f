package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.cpu.Interrupts.Cause;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Jumps, calls, returns, loops and software interrupts. The block ends with each; RIP already
 * points to the next instruction when the handler runs.
 */
final class ControlTransfer {
  private ControlTransfer() {}

  static void bind(Handlers h) {
    h.bind(
        "Jcc",
        (c, i) -> {
          if (c.flags.condition(i.cc)) {
            c.rip = i.target;
          }
        });
    h.bind("JMP", (c, i) -> c.rip = i.target);
    h.bind("JMP.near", (c, i) -> c.rip = checked(c, c.dst(i)));
    h.bind("CALL", ControlTransfer::call);
    h.bind("CALL.near", ControlTransfer::callNear);
    h.bind("RET", ControlTransfer::ret);
    h.bind("LOOP", (c, i) -> loop(c, i, true));
    h.bind("LOOPE", (c, i) -> loop(c, i, c.flags.zf()));
    h.bind("LOOPNE", (c, i) -> loop(c, i, !c.flags.zf()));
    h.bind(
        "JCXZ",
        (c, i) -> {
          if ((c.r[Cpu.RCX] & i.addressMask) == 0) {
            c.rip = i.target;
          }
        });
    h.bind("JMP.far", ControlTransfer::jumpFar);
    h.bind("CALL.far", ControlTransfer::callFar);
    h.bind("RETF", (c, i) -> c.far.ret(i.operandSize, (int) i.imm & 0xffff));
    h.bind("IRET", (c, i) -> c.far.iret(i.operandSize));
    h.bind(
        "INT",
        (c, i) -> {
          c.requireVirtual8086Privilege();
          software(c, i, (int) i.imm & 0xff);
        });
    h.bind("INT3", (c, i) -> software(c, i, GuestFault.BP));
    h.bind("INTO", ControlTransfer::into);
    h.bind("INT1", (c, i) -> c.interrupts.raise(GuestFault.DB, 0, Cause.TRAP, i.next));
    h.bind("BOUND", StackOperations::bound);
    for (String undefined : new String[] {"UD0", "UD1", "UD2"}) {
      h.bind(undefined, ControlTransfer::undefined);
    }
  }

  private static void undefined(Cpu c, Insn i) {
    throw c.fault(GuestFault.UD, 0);
  }

  /** A near target: 16 bits are an offset; in 64-bit mode it must be canonical. */
  private static long checked(Cpu c, long target) {
    if (c.code64() && target << 16 >> 16 != target) {
      throw c.fault(GuestFault.GP, 0);
    }
    return target;
  }

  private static void call(Cpu c, Insn i) {
    c.push(i.operandSize, i.next);
    c.rip = i.target;
  }

  private static void callNear(Cpu c, Insn i) {
    long target = checked(c, c.dst(i));
    c.push(i.operandSize, i.next);
    c.rip = target;
  }

  private static void ret(Cpu c, Insn i) {
    long target = checked(c, c.peek(0, i.operandSize));
    c.setStackPointer(c.stackPointer() + i.operandSize + (i.imm & 0xffff));
    c.rip = target;
  }

  private static void loop(Cpu c, Insn i, boolean condition) {
    long count = c.r[Cpu.RCX] - 1 & i.addressMask;
    c.setRegister(Cpu.RCX, i.addressSize, count);
    if (count != 0 && condition) {
      c.rip = i.target;
    }
  }

  private static void jumpFar(Cpu c, Insn i) {
    if (i.dst == Insn.MEMORY) {
      long at = c.linear(i, i.operandSize + 2, false);
      long offset = c.mmu.load(at, i.operandSize);
      c.far.jump((int) c.mmu.load16(c.wrapLinear(at + i.operandSize)), offset, i.next);
    } else {
      c.far.jump(i.imm2, direct(i), i.next);
    }
  }

  private static long direct(Insn i) {
    return i.operandSize == 2 ? i.imm & 0xffff : i.imm & 0xffffffffL;
  }

  private static void callFar(Cpu c, Insn i) {
    if (i.dst == Insn.MEMORY) {
      long at = c.linear(i, i.operandSize + 2, false);
      long offset = c.mmu.load(at, i.operandSize);
      int selector = (int) c.mmu.load16(c.wrapLinear(at + i.operandSize));
      c.far.call(selector, offset, i.operandSize, i.next);
    } else {
      c.far.call(i.imm2, direct(i), i.operandSize, i.next);
    }
  }

  private static void software(Cpu c, Insn i, int vector) {
    c.interrupts.software(vector, i.next);
  }

  private static void into(Cpu c, Insn i) {
    if (c.flags.of()) {
      software(c, i, GuestFault.OF);
    }
  }
}
