package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.X87;

/** Saves and restores of the x87, MMX and SSE state, and the control words. */
final class FpuState {
  /** Bits of MXCSR that exist. */
  static final int MXCSR_MASK = 0xffff;

  private static final int HEADER = 512;

  private FpuState() {}

  static void bind(Handlers h) {
    h.bind("FXSAVE", FpuState::fxsave);
    h.bind("FXRSTOR", FpuState::fxrstor);
    h.bind("XSAVE", FpuState::xsave);
    h.bind("XRSTOR", FpuState::xrstor);
    h.bind("LDMXCSR", FpuState::ldmxcsr);
    h.bind("STMXCSR", FpuState::stmxcsr);
    h.bind("EMMS", FpuState::emms);
    h.bind("FWAIT", FpuState::fwait);
    h.bind("FNINIT", FpuState::fninit);
    h.bind("FNCLEX", FpuState::fnclex);
    h.bind("FLDCW", FpuState::fldcw);
    h.bind("FNSTCW", FpuState::fnstcw);
    h.bind("FNSTSW", FpuState::fnstsw);
    h.bind("FNSTENV", FpuState::fnstenv);
    h.bind("FLDENV", FpuState::fldenv);
    h.bind("FNSAVE", FpuState::fnsave);
    h.bind("FRSTOR", FpuState::frstor);
  }

  /** #NM if the FPU is emulated or its state is another task's. */
  static void requireX87(Cpu c) {
    if ((c.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) != 0) {
      throw c.fault(GuestFault.NM, 0);
    }
  }

  /** #UD without OS support, #NM if the state is another task's. */
  static void requireSse(Cpu c) {
    if ((c.cr0 & Cpu.CR0_EM) != 0 || (c.cr4 & Cpu.CR4_OSFXSR) == 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    if ((c.cr0 & Cpu.CR0_TS) != 0) {
      throw c.fault(GuestFault.NM, 0);
    }
  }

  private static void emms(Cpu c, Insn i) {
    if ((c.cr0 & Cpu.CR0_EM) != 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    requireX87(c);
    c.fpu.valid = 0;
    c.fpu.top = 0;
  }

  private static void fwait(Cpu c, Insn i) {
    if ((c.cr0 & (Cpu.CR0_MP | Cpu.CR0_TS)) == (Cpu.CR0_MP | Cpu.CR0_TS)) {
      throw c.fault(GuestFault.NM, 0);
    }
    checkPending(c);
  }

  /** #MF if an earlier instruction left an unmasked exception. */
  static void checkPending(Cpu c) {
    if ((c.fpu.status & X87.ES) != 0) {
      throw c.fault(GuestFault.MF, 0);
    }
  }

  private static void fninit(Cpu c, Insn i) {
    requireX87(c);
    c.fpu.init();
  }

  private static void fnclex(Cpu c, Insn i) {
    requireX87(c);
    c.fpu.status &= 0x7f00;
  }

  private static void fldcw(Cpu c, Insn i) {
    requireX87(c);
    checkPending(c);
    c.fpu.setControlWord((int) c.load(i, 2));
  }

  private static void fnstcw(Cpu c, Insn i) {
    requireX87(c);
    c.store(i, 2, c.fpu.control);
  }

  private static void fnstsw(Cpu c, Insn i) {
    requireX87(c);
    if (i.dst >= 0) {
      c.setRegister(Cpu.RAX, 2, c.fpu.statusWord());
    } else {
      c.store(i, 2, c.fpu.statusWord());
    }
  }

  private static void ldmxcsr(Cpu c, Insn i) {
    requireSse(c);
    long value = c.load(i, 4);
    if ((value & ~MXCSR_MASK) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    c.mxcsr = (int) value;
  }

  private static void stmxcsr(Cpu c, Insn i) {
    requireSse(c);
    c.store(i, 4, c.mxcsr);
  }

  private static long imageAddress(Cpu c, Insn i, int bytes, int alignment, boolean write) {
    if ((c.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) != 0) {
      throw c.fault(GuestFault.NM, 0);
    }
    long at = c.linear(i, bytes, write);
    if ((at & alignment - 1) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    return at;
  }

  private static void fxsave(Cpu c, Insn i) {
    long at = imageAddress(c, i, 512, 16, true);
    c.mmu.checkWrite(at, 512);
    saveX87(c, at, i.rexW);
    c.mmu.store32(at + 24, c.mxcsr);
    c.mmu.store32(at + 28, MXCSR_MASK);
    saveXmm(c, at);
  }

  private static void saveX87(Cpu c, long at, boolean wide) {
    X87 f = c.fpu;
    c.mmu.store16(at, f.control);
    c.mmu.store16(at + 2, f.statusWord());
    c.mmu.store16(at + 4, f.valid);
    c.mmu.store16(at + 6, f.opcode);
    if (wide) {
      c.mmu.store64(at + 8, f.instructionPointer);
      c.mmu.store64(at + 16, f.dataPointer);
    } else {
      c.mmu.store64(at + 8, f.instructionPointer & 0xffffffffL);
      c.mmu.store64(at + 16, f.dataPointer & 0xffffffffL);
    }
    for (int k = 0; k < 8; k++) {
      int p = f.physical(k);
      c.mmu.store64(at + 32 + 16L * k, f.significand[p]);
      c.mmu.store64(at + 40 + 16L * k, f.signExponent[p]);
    }
  }

  private static int xmmRegisters(Cpu c) {
    return c.code64() ? 16 : 8;
  }

  private static void saveXmm(Cpu c, long at) {
    for (int k = 0; k < 2 * xmmRegisters(c); k++) {
      c.mmu.store64(at + 160 + 8L * k, c.xmm[k]);
    }
  }

  private static void fxrstor(Cpu c, Insn i) {
    long at = imageAddress(c, i, 512, 16, false);
    c.mmu.checkRead(at, 512); // both pages are there before anything changes
    long newMxcsr = c.mmu.load32(at + 24);
    if ((newMxcsr & ~MXCSR_MASK) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    restoreX87(c, at, i.rexW);
    c.mxcsr = (int) newMxcsr;
    restoreXmm(c, at);
  }

  private static void restoreX87(Cpu c, long at, boolean wide) {
    X87 f = c.fpu;
    f.control = ((int) c.mmu.load16(at) & 0x1f7f) | 0x40;
    f.setStatusWord((int) c.mmu.load16(at + 2));
    f.valid = (int) c.mmu.load8(at + 4);
    f.opcode = (int) c.mmu.load16(at + 6) & 0x7ff;
    f.instructionPointer = wide ? c.mmu.load64(at + 8) : c.mmu.load32(at + 8);
    f.dataPointer = wide ? c.mmu.load64(at + 16) : c.mmu.load32(at + 16);
    for (int k = 0; k < 8; k++) {
      int p = f.physical(k);
      f.significand[p] = c.mmu.load64(at + 32 + 16L * k);
      f.signExponent[p] = (int) c.mmu.load16(at + 40 + 16L * k);
    }
  }

  private static void restoreXmm(Cpu c, long at) {
    for (int k = 0; k < 2 * xmmRegisters(c); k++) {
      c.xmm[k] = c.mmu.load64(at + 160 + 8L * k);
    }
  }

  private static long requested(Cpu c) {
    if ((c.cr4 & Cpu.CR4_OSXSAVE) == 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    return (c.r[Cpu.RDX] << 32 | (c.r[Cpu.RAX] & 0xffffffffL)) & c.xcr0;
  }

  private static void xsave(Cpu c, Insn i) {
    long parts = requested(c);
    long at = imageAddress(c, i, HEADER + 64, 64, true);
    c.mmu.checkWrite(at, HEADER + 64);
    if ((parts & 1) != 0) {
      saveX87(c, at, i.rexW);
    }
    if ((parts & 2) != 0) {
      c.mmu.store32(at + 24, c.mxcsr);
      c.mmu.store32(at + 28, MXCSR_MASK);
      saveXmm(c, at);
    }
    long present = c.mmu.load64(at + HEADER);
    c.mmu.store64(at + HEADER, (present & ~parts) | parts);
  }

  private static void xrstor(Cpu c, Insn i) {
    long parts = requested(c);
    long at = imageAddress(c, i, HEADER + 64, 64, false);
    c.mmu.checkRead(at, HEADER + 64);
    long present = c.mmu.load64(at + HEADER);
    long compaction = c.mmu.load64(at + HEADER + 8);
    if ((present & ~c.xcr0) != 0 || compaction != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    long newMxcsr = c.mmu.load32(at + 24);
    if ((parts & 2) != 0 && (newMxcsr & ~MXCSR_MASK) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    if ((parts & 1) != 0) {
      if ((present & 1) != 0) {
        restoreX87(c, at, i.rexW);
      } else {
        c.fpu.init();
        java.util.Arrays.fill(c.fpu.significand, 0);
        java.util.Arrays.fill(c.fpu.signExponent, 0);
      }
    }
    if ((parts & 2) != 0) {
      c.mxcsr = (int) newMxcsr;
      if ((present & 2) != 0) {
        restoreXmm(c, at);
      } else {
        java.util.Arrays.fill(c.xmm, 0, 2 * xmmRegisters(c), 0);
      }
    }
  }

  private static long environment(Cpu c, Insn i, int extra, boolean write) {
    requireX87(c);
    return c.linear(i, (i.operandSize == 2 ? 14 : 28) + extra, write);
  }

  private static void storeEnvironment(Cpu c, Insn i, long at) {
    X87 f = c.fpu;
    int step = i.operandSize == 2 ? 2 : 4;
    long pad = step == 4 ? 0xffff0000L : 0;
    c.mmu.checkWrite(at, 7 * step);
    c.mmu.store(at, step, pad | f.control);
    c.mmu.store(at + step, step, pad | f.statusWord());
    c.mmu.store(at + 2L * step, step, pad | f.tagWord());
    c.mmu.store(at + 3L * step, step, f.instructionPointer);
    c.mmu.store(at + 4L * step, step, step == 4 ? (long) f.opcode << 16 : 0);
    c.mmu.store(at + 5L * step, step, f.dataPointer);
    c.mmu.store(at + 6L * step, step, step == 4 ? 0xffff0000L : 0);
  }

  private static void fnstenv(Cpu c, Insn i) {
    storeEnvironment(c, i, environment(c, i, 0, true));
    c.fpu.control |= 0x3f;
    c.fpu.updateSummary();
  }

  private static void loadEnvironment(Cpu c, Insn i, long at) {
    X87 f = c.fpu;
    int step = i.operandSize == 2 ? 2 : 4;
    f.instructionPointer = c.mmu.load(at + 3L * step, step);
    f.opcode = step == 4 ? (int) (c.mmu.load(at + 4L * step, step) >>> 16) & 0x7ff : 0;
    f.dataPointer = c.mmu.load(at + 5L * step, step);
    f.control = ((int) c.mmu.load16(at) & 0x1f7f) | 0x40;
    f.setStatusWord((int) c.mmu.load16(at + step));
    f.setTagWord((int) c.mmu.load16(at + 2L * step));
  }

  private static void fldenv(Cpu c, Insn i) {
    long at = environment(c, i, 0, false);
    c.mmu.checkRead(at, 7 * (i.operandSize == 2 ? 2 : 4));
    loadEnvironment(c, i, at);
  }

  private static void fnsave(Cpu c, Insn i) {
    long at = environment(c, i, 80, true);
    int bytes = i.operandSize == 2 ? 14 : 28;
    c.mmu.checkWrite(at, bytes + 80);
    storeEnvironment(c, i, at);
    for (int k = 0; k < 8; k++) {
      int p = c.fpu.physical(k);
      c.mmu.store64(at + bytes + 10L * k, c.fpu.significand[p]);
      c.mmu.store16(at + bytes + 10L * k + 8, c.fpu.signExponent[p]);
    }
    c.fpu.init();
  }

  private static void frstor(Cpu c, Insn i) {
    long at = environment(c, i, 80, false);
    int bytes = i.operandSize == 2 ? 14 : 28;
    c.mmu.checkRead(at, bytes + 80);
    loadEnvironment(c, i, at);
    for (int k = 0; k < 8; k++) {
      int p = c.fpu.physical(k);
      c.fpu.significand[p] = c.mmu.load64(at + bytes + 10L * k);
      c.fpu.signExponent[p] = (int) c.mmu.load16(at + bytes + 10L * k + 8);
    }
  }
}
