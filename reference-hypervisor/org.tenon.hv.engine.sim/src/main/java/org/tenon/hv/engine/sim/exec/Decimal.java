package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Insn;

/** Decimal adjustments; none of them exists in 64-bit mode. */
final class Decimal {
  private static final int BYTE = 56; // shift of a byte result

  private Decimal() {}

  static void bind(Handlers h) {
    h.bind("DAA", (c, i) -> adjustPacked(c, false));
    h.bind("DAS", (c, i) -> adjustPacked(c, true));
    h.bind("AAA", (c, i) -> adjustUnpacked(c, 0x106));
    h.bind("AAS", (c, i) -> adjustUnpacked(c, -0x106));
    h.bind("AAM", Decimal::aam);
    h.bind("AAD", Decimal::aad);
  }

  private static void adjustPacked(Cpu c, boolean subtract) {
    int al = (int) c.r[Cpu.RAX] & 0xff;
    int old = al;
    boolean cf = c.flags.cf();
    boolean carry = false;
    boolean adjustLow = (al & 15) > 9 || c.flags.af();
    if (adjustLow) {
      al += subtract ? -6 : 6;
      carry = cf || al < 0 || al > 0xff;
    }
    if (old > 0x99 || cf) {
      al += subtract ? -0x60 : 0x60;
      carry = true;
    }
    c.setRegister(Cpu.RAX, 1, al);
    c.flags.logic(al, BYTE);
    int flags = c.flags.arithmetic();
    c.flags.setArithmetic(flags | (carry ? Flags.CF : 0) | (adjustLow ? Flags.AF : 0));
  }

  private static void adjustUnpacked(Cpu c, int by) {
    long ax = c.r[Cpu.RAX] & 0xffff;
    boolean adjust = (ax & 15) > 9 || c.flags.af();
    if (adjust) {
      ax += by;
    }
    c.setRegister(Cpu.RAX, 2, ax & 0xff0f);
    c.flags.logic(ax & 15, BYTE);
    int both = Flags.CF | Flags.AF;
    int flags = c.flags.arithmetic() & ~both;
    c.flags.setArithmetic(adjust ? flags | both : flags);
  }

  private static void aam(Cpu c, Insn i) {
    int base = (int) i.imm & 0xff;
    if (base == 0) {
      throw c.fault(GuestFault.DE, 0);
    }
    int al = (int) c.r[Cpu.RAX] & 0xff;
    c.setRegister(Cpu.RAX, 2, (al / base) << 8 | al % base);
    c.flags.logic(al % base, BYTE);
  }

  private static void aad(Cpu c, Insn i) {
    int ax = (int) c.r[Cpu.RAX];
    int al = (ax & 0xff) + (ax >> 8 & 0xff) * ((int) i.imm & 0xff) & 0xff;
    c.setRegister(Cpu.RAX, 2, al);
    c.flags.logic(al, BYTE);
  }
}
