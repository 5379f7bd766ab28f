package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Shifts and rotates. A count of zero changes neither operand (beyond clearing bits 63:32) nor
 * flags.
 */
final class Shifts {
  private Shifts() {}

  static void bind(Handlers h) {
    h.bind("SHL", Shifts::shl);
    h.bind("SHR", Shifts::shr);
    h.bind("SAR", Shifts::sar);
    h.bind("ROL", Shifts::rol);
    h.bind("ROR", Shifts::ror);
    h.bind("RCL", Shifts::rcl);
    h.bind("RCR", Shifts::rcr);
    h.bind("SHLD", (c, i) -> shiftDouble(c, i, true));
    h.bind("SHRD", (c, i) -> shiftDouble(c, i, false));
  }

  private static int count(Cpu c, Insn i) {
    long raw = i.src == Insn.IMMEDIATE ? i.imm : c.r[Cpu.RCX];
    return (int) raw & (i.size == 8 ? 63 : 31);
  }

  private static void shl(Cpu c, Insn i) {
    int n = count(c, i);
    long a = c.dstForWrite(i);
    if (n == 0) {
      c.setDst(i, a);
      return;
    }
    int bits = 8 * i.size;
    long r = a << n;
    boolean cf = n <= bits && (a >>> (bits - n) & 1) != 0;
    c.setDst(i, r);
    boolean top = (r >>> (bits - 1) & 1) != 0;
    c.flags.resultWith(r, i.shift, cf, top != cf);
  }

  private static void shr(Cpu c, Insn i) {
    int n = count(c, i);
    long a = c.dstForWrite(i);
    if (n == 0) {
      c.setDst(i, a);
      return;
    }
    long r = a >>> n;
    boolean cf = (a >>> (n - 1) & 1) != 0;
    c.setDst(i, r);
    boolean of = (a >>> (8 * i.size - 1) & 1) != 0;
    c.flags.resultWith(r, i.shift, cf, of);
  }

  private static void sar(Cpu c, Insn i) {
    int n = count(c, i);
    long a = c.dstForWrite(i);
    if (n == 0) {
      c.setDst(i, a);
      return;
    }
    long signed = a << i.shift >> i.shift;
    long r = signed >> n;
    c.setDst(i, r);
    c.flags.resultWith(r, i.shift, (signed >> (n - 1) & 1) != 0, false);
  }

  private static void rol(Cpu c, Insn i) {
    int n = count(c, i);
    long a = c.dstForWrite(i);
    if (n == 0) {
      c.setDst(i, a);
      return;
    }
    int bits = 8 * i.size;
    int m = n & bits - 1;
    long r = m == 0 ? a : a << m | a >>> (bits - m);
    c.setDst(i, r);
    boolean cf = (r & 1) != 0;
    c.flags.carryAndOverflow(cf, cf != ((r >>> (bits - 1) & 1) != 0));
  }

  private static void ror(Cpu c, Insn i) {
    int n = count(c, i);
    long a = c.dstForWrite(i);
    if (n == 0) {
      c.setDst(i, a);
      return;
    }
    int bits = 8 * i.size;
    int m = n & bits - 1;
    long r = m == 0 ? a : a >>> m | a << (bits - m);
    c.setDst(i, r);
    boolean cf = (r >>> (bits - 1) & 1) != 0;
    c.flags.carryAndOverflow(cf, cf != ((r >>> (bits - 2) & 1) != 0));
  }

  private static void rcl(Cpu c, Insn i) {
    int bits = 8 * i.size;
    int count = count(c, i); // before the destination, which may be CL
    int n = count % (bits + 1);
    long r = c.dstForWrite(i);
    boolean cf = c.flags.cf();
    for (int k = 0; k < n; k++) {
      boolean out = (r >>> (bits - 1) & 1) != 0;
      r = r << 1 | (cf ? 1 : 0);
      cf = out;
    }
    c.setDst(i, r);
    if (count != 0) {
      c.flags.carryAndOverflow(cf, cf != ((r >>> (bits - 1) & 1) != 0));
    }
  }

  private static void rcr(Cpu c, Insn i) {
    int bits = 8 * i.size;
    int count = count(c, i); // before the destination, which may be CL
    int n = count % (bits + 1);
    long mask = i.size == 8 ? -1L : (1L << bits) - 1;
    long r = c.dstForWrite(i);
    boolean cf = c.flags.cf();
    for (int k = 0; k < n; k++) {
      boolean out = (r & 1) != 0;
      r = (r & mask) >>> 1 | (cf ? 1L << (bits - 1) : 0);
      cf = out;
    }
    c.setDst(i, r);
    if (count != 0) {
      boolean topTwo = ((r >>> (bits - 1) ^ r >>> (bits - 2)) & 1) != 0;
      c.flags.carryAndOverflow(cf, topTwo);
    }
  }

  private static void shiftDouble(Cpu c, Insn i, boolean left) {
    boolean byImmediate = i.definition.operands().get(2).text().equals("Ib");
    int n = (int) (byImmediate ? i.imm2 : c.r[Cpu.RCX]) & (i.size == 8 ? 63 : 31);
    long a = c.dstForWrite(i);
    long b = c.src(i);
    if (n == 0) {
      c.setDst(i, a);
      return;
    }
    int bits = 8 * i.size;
    if (n > bits) {
      n &= 15; // only 16-bit operands; the result is undefined
    }
    long r = n == bits ? b : left ? a << n | b >>> (bits - n) : a >>> n | b << (bits - n);
    boolean cf = ((left ? a >>> (bits - n) : a >>> (n - 1)) & 1) != 0;
    c.setDst(i, r);
    boolean of = ((r ^ a) >>> (bits - 1) & 1) != 0;
    c.flags.resultWith(r, i.shift, cf, of);
  }
}
