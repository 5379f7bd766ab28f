package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.Float80;
import org.tenon.hv.engine.sim.fpu.X87;

/** x87 loads, stores, constants, conditional moves and stack management. */
final class X87Transfer {
  private static final int TRUNCATE = 3;

  private X87Transfer() {}

  static void bind(Handlers h) {
    loads(h);
    stores(h);
    constants(h);
    registers(h);
  }

  private static void loads(Handlers h) {
    h.bind("FLD.m32", (c, i) -> loadReal(c, i, 4));
    h.bind("FLD.m64", (c, i) -> loadReal(c, i, 8));
    h.bind("FLD.m80", X87Transfer::load80);
    h.bind("FLD.st", X87Transfer::loadRegister);
    h.bind("FILD.m16", (c, i) -> loadInteger(c, i, 2));
    h.bind("FILD.m32", (c, i) -> loadInteger(c, i, 4));
    h.bind("FILD.m64", (c, i) -> loadInteger(c, i, 8));
    h.bind("FBLD", X87Transfer::loadDecimal);
  }

  private static void loadReal(Cpu c, Insn i, int size) {
    Float80 u = X87Stack.begin(c, i);
    u.fromBits(c.load(i, size), size == 4);
    X87Stack.push(c);
  }

  private static void load80(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    long at = c.linear(i, 10, false);
    long significand = c.mmu.load64(at);
    u.set((int) c.mmu.load16(c.wrapLinear(at + 8)), significand);
    X87Stack.push(c);
  }

  private static void loadRegister(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    if (!X87Stack.underflow(c, i.cc)) {
      u.set(X87Stack.se(c, i.cc), X87Stack.sig(c, i.cc));
    }
    X87Stack.push(c);
  }

  private static void loadInteger(Cpu c, Insn i, int size) {
    Float80 u = X87Stack.begin(c, i);
    int unused = 64 - 8 * size;
    u.fromInteger(c.load(i, size) << unused >> unused);
    X87Stack.push(c);
  }

  private static void loadDecimal(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    long at = c.linear(i, 10, false);
    long digits = c.mmu.load64(at);
    long top = c.mmu.load16(c.wrapLinear(at + 8));
    long value = (top >>> 4 & 15) * 10 + (top & 15);
    for (int k = 60; k >= 0; k -= 4) {
      value = value * 10 + (digits >>> k & 15);
    }
    u.fromInteger(value);
    u.signExponent |= (int) top & 0x8000;
    X87Stack.push(c);
  }

  private static void stores(Handlers h) {
    h.bind("FST.m32", (c, i) -> storeReal(c, i, 4, false));
    h.bind("FSTP.m32", (c, i) -> storeReal(c, i, 4, true));
    h.bind("FST.m64", (c, i) -> storeReal(c, i, 8, false));
    h.bind("FSTP.m64", (c, i) -> storeReal(c, i, 8, true));
    h.bind("FSTP.m80", X87Transfer::store80);
    h.bind("FST.st", (c, i) -> storeRegister(c, i, false));
    h.bind("FSTP.st", (c, i) -> storeRegister(c, i, true));
    h.bind("FIST.m16", (c, i) -> storeInteger(c, i, 2, false, -1));
    h.bind("FIST.m32", (c, i) -> storeInteger(c, i, 4, false, -1));
    h.bind("FISTP.m16", (c, i) -> storeInteger(c, i, 2, true, -1));
    h.bind("FISTP.m32", (c, i) -> storeInteger(c, i, 4, true, -1));
    h.bind("FISTP.m64", (c, i) -> storeInteger(c, i, 8, true, -1));
    h.bind("FISTTP.m16", (c, i) -> storeInteger(c, i, 2, true, TRUNCATE));
    h.bind("FISTTP.m32", (c, i) -> storeInteger(c, i, 4, true, TRUNCATE));
    h.bind("FISTTP.m64", (c, i) -> storeInteger(c, i, 8, true, TRUNCATE));
    h.bind("FBSTP", X87Transfer::storeDecimal);
  }

  /** An unmasked overflow or underflow keeps a memory destination as it is, unlike a register. */
  private static boolean mayStore(Cpu c) {
    return X87Stack.settle(c) && (c.fpuUnit.raised & ~c.fpu.control & (X87.OE | X87.UE)) == 0;
  }

  private static void storeReal(Cpu c, Insn i, int size, boolean pop) {
    Float80 u = X87Stack.begin(c, i);
    long at = c.linear(i, size, true);
    c.mmu.checkWrite(at, size);
    X87Stack.underflow(c, 0);
    long bits =
        c.fpu.empty(0)
            ? u.toBits(u.signExponent, u.significand, size == 4)
            : u.toBits(X87Stack.se(c, 0), X87Stack.sig(c, 0), size == 4);
    if (mayStore(c)) {
      c.mmu.store(at, size, bits);
      if (pop) {
        X87Stack.pop(c);
      }
    }
  }

  private static void store80(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    long at = c.linear(i, 10, true);
    c.mmu.checkWrite(at, 10);
    if (!X87Stack.underflow(c, 0)) {
      u.set(X87Stack.se(c, 0), X87Stack.sig(c, 0));
    }
    if (X87Stack.settle(c)) {
      c.mmu.store64(at, u.significand);
      c.mmu.store16(c.wrapLinear(at + 8), u.signExponent);
      X87Stack.pop(c);
    }
  }

  private static void storeRegister(Cpu c, Insn i, boolean pop) {
    Float80 u = X87Stack.begin(c, i);
    if (!X87Stack.underflow(c, 0)) {
      u.set(X87Stack.se(c, 0), X87Stack.sig(c, 0));
    }
    if (X87Stack.store(c, i.cc) && pop) {
      X87Stack.pop(c);
    }
  }

  private static void storeInteger(Cpu c, Insn i, int size, boolean pop, int mode) {
    Float80 u = X87Stack.begin(c, i);
    long at = c.linear(i, size, true);
    c.mmu.checkWrite(at, size);
    long value =
        X87Stack.underflow(c, 0)
            ? -1L << (8 * size - 1)
            : u.toInteger(X87Stack.se(c, 0), X87Stack.sig(c, 0), 8 * size, mode);
    if (X87Stack.settle(c)) {
      c.mmu.store(at, size, value);
      if (pop) {
        X87Stack.pop(c);
      }
    }
  }

  private static void storeDecimal(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    long at = c.linear(i, 10, true);
    c.mmu.checkWrite(at, 10);
    int se = X87Stack.se(c, 0);
    long value =
        X87Stack.underflow(c, 0) ? Long.MIN_VALUE : u.toInteger(se, X87Stack.sig(c, 0), 64, -1);
    boolean fits = Math.abs(value) < 1_000_000_000_000_000_000L && value != Long.MIN_VALUE;
    if (!fits) {
      u.raised |= X87.IE;
      u.raised &= ~X87.PE;
    }
    if (!X87Stack.settle(c)) {
      return;
    }
    long low = 0xc000000000000000L;
    long high = 0xffff;
    if (fits) {
      long rest = Math.abs(value);
      low = 0;
      for (int k = 0; k < 64; k += 4) {
        low |= rest % 10 << k;
        rest /= 10;
      }
      high = rest % 10 | (rest / 10) << 4 | (se & 0x8000);
    }
    c.mmu.store64(at, low);
    c.mmu.store16(c.wrapLinear(at + 8), high);
    X87Stack.pop(c);
  }

  private static void constants(Handlers h) {
    constant(h, "FLD1", 0x3fff, 0x8000000000000000L, false, true);
    constant(h, "FLDL2T", 0x4000, 0xd49a784bcd1b8afeL, false, false);
    constant(h, "FLDL2E", 0x3fff, 0xb8aa3b295c17f0bbL, true, false);
    constant(h, "FLDPI", 0x4000, 0xc90fdaa22168c234L, true, false);
    constant(h, "FLDLG2", 0x3ffd, 0x9a209a84fbcff798L, true, false);
    constant(h, "FLDLN2", 0x3ffe, 0xb17217f7d1cf79abL, true, false);
    constant(h, "FLDZ", 0, 0, false, true);
  }

  /**
   * A constant, given truncated.
   *
   * @param nearestAbove whether the nearest value is the next one up
   */
  private static void constant(
      Handlers h, String name, int se, long truncated, boolean nearestAbove, boolean exact) {
    h.bind(
        name,
        (c, i) -> {
          Float80 u = X87Stack.begin(c, i);
          int mode = c.fpu.control >> 10 & 3;
          boolean up = !exact && (mode == 2 || (mode == 0 && nearestAbove));
          u.set(se, up ? truncated + 1 : truncated);
          X87Stack.push(c);
        });
  }

  private static void registers(Handlers h) {
    h.bind("FXCH", X87Transfer::exchange);
    h.bind("FFREE", (c, i) -> free(c, i, false));
    h.bind("FFREEP", (c, i) -> free(c, i, true));
    h.bind("FNOP", (c, i) -> X87Stack.begin(c, i));
    h.bind("FINCSTP", (c, i) -> rotate(c, i, 1));
    h.bind("FDECSTP", (c, i) -> rotate(c, i, -1));
    h.bind("FCMOVB", (c, i) -> move(c, i, c.flags.cf()));
    h.bind("FCMOVE", (c, i) -> move(c, i, c.flags.zf()));
    h.bind("FCMOVBE", (c, i) -> move(c, i, c.flags.cf() || c.flags.zf()));
    h.bind("FCMOVU", (c, i) -> move(c, i, c.flags.pf()));
    h.bind("FCMOVNB", (c, i) -> move(c, i, !c.flags.cf()));
    h.bind("FCMOVNE", (c, i) -> move(c, i, !c.flags.zf()));
    h.bind("FCMOVNBE", (c, i) -> move(c, i, !c.flags.cf() && !c.flags.zf()));
    h.bind("FCMOVNU", (c, i) -> move(c, i, !c.flags.pf()));
  }

  private static void exchange(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    boolean missing = X87Stack.underflow(c, 0) || X87Stack.underflow(c, i.cc);
    long nan = u.significand;
    int nanSe = u.signExponent;
    if (!X87Stack.settle(c)) {
      return;
    }
    int aSe = missing && c.fpu.empty(0) ? nanSe : X87Stack.se(c, 0);
    long a = missing && c.fpu.empty(0) ? nan : X87Stack.sig(c, 0);
    int bSe = missing && c.fpu.empty(i.cc) ? nanSe : X87Stack.se(c, i.cc);
    long b = missing && c.fpu.empty(i.cc) ? nan : X87Stack.sig(c, i.cc);
    X87Stack.put(c, 0, bSe, b);
    X87Stack.put(c, i.cc, aSe, a);
  }

  private static void free(Cpu c, Insn i, boolean pop) {
    X87Stack.begin(c, i);
    c.fpu.valid &= ~(1 << c.fpu.physical(i.cc));
    if (pop) {
      X87Stack.pop(c);
    }
  }

  private static void rotate(Cpu c, Insn i, int by) {
    X87Stack.begin(c, i);
    c.fpu.top = c.fpu.top + by & 7;
    c.fpu.status &= ~X87.C1;
  }

  private static void move(Cpu c, Insn i, boolean condition) {
    Float80 u = X87Stack.begin(c, i);
    boolean missing = X87Stack.underflow(c, 0) || X87Stack.underflow(c, i.cc);
    if (missing) {
      X87Stack.store(c, 0);
    } else if (condition) {
      u.set(X87Stack.se(c, i.cc), X87Stack.sig(c, i.cc));
      X87Stack.store(c, 0);
    }
  }
}
