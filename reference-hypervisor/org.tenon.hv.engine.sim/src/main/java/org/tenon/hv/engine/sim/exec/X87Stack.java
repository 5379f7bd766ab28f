package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.Float80;
import org.tenon.hv.engine.sim.fpu.X87;

/**
 * The register stack as x87 instructions use it: checks, pushes, pops, and the outcome of an
 * instruction.
 */
final class X87Stack {
  private static final int PRE_COMPUTATION = X87.IE | X87.DE | X87.ZE;

  private X87Stack() {}

  /** Starts a waiting instruction. */
  static Float80 begin(Cpu c, Insn i) {
    FpuState.requireX87(c);
    FpuState.checkPending(c);
    c.fpu.instructionPointer = i.rip;
    c.fpu.opcode = (i.definition.opcode() & 7) << 8 | (i.reg << 3 & 0x38) | i.cc;
    c.fpuUnit.begin(c.fpu.control);
    return c.fpuUnit;
  }

  static int se(Cpu c, int i) {
    return c.fpu.signExponent[c.fpu.physical(i)];
  }

  static long sig(Cpu c, int i) {
    return c.fpu.significand[c.fpu.physical(i)];
  }

  static void put(Cpu c, int i, int se, long sig) {
    int p = c.fpu.physical(i);
    c.fpu.signExponent[p] = se;
    c.fpu.significand[p] = sig;
    c.fpu.valid |= 1 << p;
  }

  static void pop(Cpu c) {
    c.fpu.valid &= ~(1 << c.fpu.top);
    c.fpu.top = c.fpu.top + 1 & 7;
  }

  /**
   * Whether a register is empty; if so the stack fault is noted (underflow) and the unit holds the
   * default NaN.
   */
  static boolean underflow(Cpu c, int i) {
    if (!c.fpu.empty(i)) {
      return false;
    }
    fault(c, false);
    return true;
  }

  /**
   * Whether a push would find its register in use; if so the stack fault is noted and the unit
   * holds the default NaN.
   */
  static boolean overflow(Cpu c) {
    if (c.fpu.empty(7)) {
      return false;
    }
    fault(c, true);
    return true;
  }

  private static void fault(Cpu c, boolean overflow) {
    c.fpuUnit.raised = 0; // a stack fault hides what the operands would raise
    c.fpuUnit.invalid();
    c.fpuUnit.roundedUp = overflow;
    c.fpu.status |= X87.SF;
  }

  /**
   * Merges the raised exceptions into the status word; false if an unmasked one keeps the result
   * from being written.
   */
  static boolean settle(Cpu c) {
    Float80 u = c.fpuUnit;
    X87 f = c.fpu;
    f.status = (f.status & ~X87.C1) | (u.roundedUp ? X87.C1 : 0) | u.raised;
    f.updateSummary();
    return (u.raised & ~f.control & PRE_COMPUTATION) == 0;
  }

  /** Writes the unit's result to ST(i), unless an exception forbids. */
  static boolean store(Cpu c, int i) {
    boolean write = settle(c);
    if (write) {
      put(c, i, c.fpuUnit.signExponent, c.fpuUnit.significand);
    }
    return write;
  }

  /** Pushes the unit's result. */
  static void push(Cpu c) {
    if (!c.fpu.empty(7)) {
      fault(c, true);
    }
    if (settle(c)) {
      c.fpu.top = c.fpu.top - 1 & 7;
      put(c, 0, c.fpuUnit.signExponent, c.fpuUnit.significand);
    }
  }

  /** Sets C0, C2 and C3 of a comparison's outcome. */
  static void condition(Cpu c, int order) {
    int bits =
        switch (order) {
          case 2 -> X87.C0 | X87.C2 | X87.C3;
          case 0 -> X87.C3;
          case -1 -> X87.C0;
          default -> 0;
        };
    c.fpu.status = (c.fpu.status & ~(X87.C0 | X87.C2 | X87.C3)) | bits;
  }
}
