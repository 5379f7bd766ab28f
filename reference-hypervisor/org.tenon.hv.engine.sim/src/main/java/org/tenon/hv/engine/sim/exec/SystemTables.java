package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.cpu.Segments;
import org.tenon.hv.engine.sim.decode.Insn;

/** Descriptor tables and the instructions that look into them. */
final class SystemTables {
  private static final int ZF = org.tenon.hv.engine.sim.cpu.Flags.ZF;

  private SystemTables() {}

  static void bind(Handlers h) {
    h.bind("SGDT", (c, i) -> storeTable(c, i, c.gdtBase, c.gdtLimit));
    h.bind("SIDT", (c, i) -> storeTable(c, i, c.idtBase, c.idtLimit));
    h.bind("LGDT", SystemTables::lgdt);
    h.bind("LIDT", SystemTables::lidt);
    h.bind("SLDT", (c, i) -> storeSelector(c, i, Segments.LDTR));
    h.bind("STR", (c, i) -> storeSelector(c, i, Segments.TR));
    h.bind("LLDT", SystemTables::lldt);
    h.bind("LTR", SystemTables::ltr);
    h.bind("LAR", (c, i) -> inspectInto(c, i, 0));
    h.bind("LSL", (c, i) -> inspectInto(c, i, 1));
    h.bind("VERR", (c, i) -> verify(c, i, 2));
    h.bind("VERW", (c, i) -> verify(c, i, 3));
    h.bind("ARPL", SystemTables::arpl);
  }

  private static int baseBytes(Cpu c) {
    return c.code64() ? 8 : 4;
  }

  private static void storeTable(Cpu c, Insn i, long base, int limit) {
    int bytes = baseBytes(c);
    long at = c.linear(i, 2 + bytes, true);
    c.mmu.checkWrite(at, 2 + bytes);
    c.mmu.store16(at, limit);
    c.mmu.store(c.wrapLinear(at + 2), bytes, base);
  }

  private static long tableBase(Cpu c, Insn i, long at) {
    long base = c.mmu.load(c.wrapLinear(at + 2), baseBytes(c));
    if (c.code64() && base << 16 >> 16 != base) {
      throw c.fault(GuestFault.GP, 0);
    }
    return i.operandSize == 2 ? base & 0xffffff : base;
  }

  private static void lgdt(Cpu c, Insn i) {
    c.requirePrivilege();
    long at = c.linear(i, 2 + baseBytes(c), false);
    long base = tableBase(c, i, at);
    c.gdtLimit = (int) c.mmu.load16(at);
    c.gdtBase = base;
  }

  private static void lidt(Cpu c, Insn i) {
    c.requirePrivilege();
    long at = c.linear(i, 2 + baseBytes(c), false);
    long base = tableBase(c, i, at);
    c.idtLimit = (int) c.mmu.load16(at);
    c.idtBase = base;
  }

  private static void requireProtected(Cpu c) {
    if (!c.protectedMode()) {
      throw c.fault(GuestFault.UD, 0);
    }
  }

  private static void storeSelector(Cpu c, Insn i, int segment) {
    requireProtected(c);
    if (i.dst >= 0) {
      c.setRegister(i.dst, i.size, c.segments.selector(segment));
    } else {
      c.store(i, 2, c.segments.selector(segment));
    }
  }

  private static int selector(Cpu c, Insn i) {
    return (int) (i.rm >= 0 ? c.register(i.rm, 2) : c.load(i, 2));
  }

  private static void lldt(Cpu c, Insn i) {
    requireProtected(c);
    c.requirePrivilege();
    c.loader.loadLdt(selector(c, i));
  }

  private static void ltr(Cpu c, Insn i) {
    requireProtected(c);
    c.requirePrivilege();
    c.loader.loadTask(selector(c, i));
  }

  private static void inspectInto(Cpu c, Insn i, int what) {
    requireProtected(c);
    long value = c.loader.inspect(selector(c, i), what);
    if (value >= 0) {
      c.setRegister(i.dst, i.size, value);
    }
    setZf(c, value >= 0);
  }

  private static void verify(Cpu c, Insn i, int what) {
    requireProtected(c);
    setZf(c, c.loader.inspect(selector(c, i), what) >= 0);
  }

  private static void setZf(Cpu c, boolean on) {
    int flags = c.flags.arithmetic();
    c.flags.setArithmetic(on ? flags | ZF : flags & ~ZF);
  }

  private static void arpl(Cpu c, Insn i) {
    requireProtected(c);
    long a = c.dstForWrite(i);
    long b = c.src(i);
    boolean adjust = (a & 3) < (b & 3);
    if (adjust) {
      c.setDst(i, (a & ~3L) | (b & 3));
    }
    setZf(c, adjust);
  }
}
