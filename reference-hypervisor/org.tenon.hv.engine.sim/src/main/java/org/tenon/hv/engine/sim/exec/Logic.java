package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Insn;

/** Bitwise operations and single flags. */
final class Logic {
  private Logic() {}

  static void bind(Handlers h) {
    h.bind("AND", Logic::and);
    h.bind("OR", Logic::or);
    h.bind("XOR", Logic::xor);
    h.bind("TEST", (c, i) -> c.flags.logic(c.dst(i) & c.src(i), i.shift));
    h.bind("NOT", (c, i) -> c.setDst(i, ~c.dstForWrite(i)));
    h.bind("CLC", (c, i) -> c.flags.setCf(false));
    h.bind("STC", (c, i) -> c.flags.setCf(true));
    h.bind("CMC", (c, i) -> c.flags.setCf(!c.flags.cf()));
    h.bind("CLD", (c, i) -> c.flags.system &= ~Flags.DF);
    h.bind("STD", (c, i) -> c.flags.system |= Flags.DF);
    h.bind("CLI", (c, i) -> setInterruptFlag(c, false));
    h.bind("STI", Logic::sti);
    h.bind("CLAC", (c, i) -> setAlignmentFlag(c, false));
    h.bind("STAC", (c, i) -> setAlignmentFlag(c, true));
  }

  private static void and(Cpu c, Insn i) {
    long r = c.dstForWrite(i) & c.src(i);
    c.setDst(i, r);
    c.flags.logic(r, i.shift);
  }

  private static void or(Cpu c, Insn i) {
    long r = c.dstForWrite(i) | c.src(i);
    c.setDst(i, r);
    c.flags.logic(r, i.shift);
  }

  private static void xor(Cpu c, Insn i) {
    long r = c.dstForWrite(i) ^ c.src(i);
    c.setDst(i, r);
    c.flags.logic(r, i.shift);
  }

  private static void setInterruptFlag(Cpu c, boolean on) {
    if (c.cpl() > (c.flags.system >> 12 & 3)) {
      throw c.fault(GuestFault.GP, 0);
    }
    c.flags.system = on ? c.flags.system | Flags.IF : c.flags.system & ~Flags.IF;
  }

  private static void sti(Cpu c, Insn i) {
    boolean was = c.flags.has(Flags.IF);
    setInterruptFlag(c, true);
    if (!was) {
      c.shadowNext(i);
    }
  }

  private static void setAlignmentFlag(Cpu c, boolean on) {
    if (c.cpl() != 0 || (c.cpuid.get(7, 0).ebx() & 1 << 20) == 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    long value = c.rflags();
    c.setRflags(on ? value | Flags.AC : value & ~Flags.AC);
  }
}
