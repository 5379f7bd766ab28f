package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.Float80;
import org.tenon.hv.engine.sim.fpu.X87;

/**
 * x87 arithmetic and comparison. All but the transcendental functions are exact to the last bit;
 * those are computed in double precision, so that their results agree with a processor's to about
 * 53 bits.
 */
final class X87Arithmetic {
  private X87Arithmetic() {}

  /** A result from two operands, left in the unit. */
  @FunctionalInterface
  private interface Operation {
    void apply(Float80 u, int aSe, long a, int bSe, long b);
  }

  static void bind(Handlers h) {
    arithmetic(h, "FADD", (u, aSe, a, bSe, b) -> u.add(aSe, a, bSe, b, false));
    arithmetic(h, "FMUL", Float80::multiply);
    arithmetic(h, "FSUB", (u, aSe, a, bSe, b) -> u.add(aSe, a, bSe, b, true));
    arithmetic(h, "FSUBR", (u, aSe, a, bSe, b) -> u.add(bSe, b, aSe, a, true));
    arithmetic(h, "FDIV", Float80::divide);
    arithmetic(h, "FDIVR", (u, aSe, a, bSe, b) -> u.divide(bSe, b, aSe, a));
    comparisons(h);
    unary(h);
    X87Functions.bind(h);
  }

  private static void arithmetic(Handlers h, String name, Operation op) {
    h.bind(name + ".m32", (c, i) -> withMemory(c, i, op, 4, true));
    h.bind(name + ".m64", (c, i) -> withMemory(c, i, op, 8, true));
    h.bind(name + ".i32", (c, i) -> withMemory(c, i, op, 4, false));
    h.bind(name + ".i16", (c, i) -> withMemory(c, i, op, 2, false));
    h.bind(name + ".st0", (c, i) -> registers(c, i, op, 0, i.cc, false));
    h.bind(name + ".sti", (c, i) -> registers(c, i, op, i.cc, 0, false));
    h.bind(name + ".pop", (c, i) -> registers(c, i, op, i.cc, 0, true));
  }

  /** Loads a memory operand into the unit's result. */
  private static void operand(Cpu c, Insn i, Float80 u, int size, boolean real) {
    long raw = c.load(i, size);
    if (real) {
      u.operandFromBits(raw, size == 4);
    } else {
      int unused = 64 - 8 * size;
      u.fromInteger(raw << unused >> unused);
    }
  }

  private static void withMemory(Cpu c, Insn i, Operation op, int size, boolean real) {
    Float80 u = X87Stack.begin(c, i);
    operand(c, i, u, size, real);
    int loading = u.raised;
    if (!X87Stack.underflow(c, 0)) {
      u.raised = 0;
      op.apply(u, X87Stack.se(c, 0), X87Stack.sig(c, 0), u.signExponent, u.significand);
      boolean settled =
          (u.raised & (X87.IE | X87.ZE)) != 0 || Float80.isNan(u.signExponent, u.significand);
      u.raised |= settled ? loading & ~X87.DE : loading; // a denormal is not looked at then
    }
    X87Stack.store(c, 0);
  }

  private static void registers(Cpu c, Insn i, Operation op, int to, int from, boolean pop) {
    Float80 u = X87Stack.begin(c, i);
    if (!(X87Stack.underflow(c, to) || X87Stack.underflow(c, from))) {
      op.apply(
          u, X87Stack.se(c, to), X87Stack.sig(c, to), X87Stack.se(c, from), X87Stack.sig(c, from));
    }
    if (X87Stack.store(c, to) && pop) {
      X87Stack.pop(c);
    }
  }

  private static void comparisons(Handlers h) {
    for (boolean pop : new boolean[] {false, true}) {
      int pops = pop ? 1 : 0;
      String name = pop ? "FCOMP" : "FCOM";
      h.bind(name + ".m32", (c, i) -> compareMemory(c, i, 4, true, pops));
      h.bind(name + ".m64", (c, i) -> compareMemory(c, i, 8, true, pops));
      h.bind(name + ".i32", (c, i) -> compareMemory(c, i, 4, false, pops));
      h.bind(name + ".i16", (c, i) -> compareMemory(c, i, 2, false, pops));
      h.bind(name + ".st0", (c, i) -> compare(c, i, i.cc, false, pops));
    }
    h.bind("FCOMPP", (c, i) -> compare(c, i, 1, false, 2));
    h.bind("FUCOM", (c, i) -> compare(c, i, i.cc, true, 0));
    h.bind("FUCOMP", (c, i) -> compare(c, i, i.cc, true, 1));
    h.bind("FUCOMPP", (c, i) -> compare(c, i, 1, true, 2));
    h.bind("FCOMI", (c, i) -> compareFlags(c, i, false, false));
    h.bind("FUCOMI", (c, i) -> compareFlags(c, i, true, false));
    h.bind("FCOMIP", (c, i) -> compareFlags(c, i, false, true));
    h.bind("FUCOMIP", (c, i) -> compareFlags(c, i, true, true));
    h.bind("FTST", X87Arithmetic::test);
  }

  private static void finishCompare(Cpu c, int order, int pops) {
    if (X87Stack.settle(c)) {
      X87Stack.condition(c, order);
      for (int k = 0; k < pops; k++) {
        X87Stack.pop(c);
      }
    }
  }

  private static void compareMemory(Cpu c, Insn i, int size, boolean real, int pops) {
    Float80 u = X87Stack.begin(c, i);
    operand(c, i, u, size, real);
    int order =
        X87Stack.underflow(c, 0)
            ? 2
            : u.compare(
                X87Stack.se(c, 0), X87Stack.sig(c, 0), u.signExponent, u.significand, false);
    if (order == 2) {
      u.raised &= ~X87.DE;
    }
    finishCompare(c, order, pops);
  }

  private static int order(Cpu c, Float80 u, int with, boolean quiet) {
    if (X87Stack.underflow(c, 0) || X87Stack.underflow(c, with)) {
      return 2;
    }
    return u.compare(
        X87Stack.se(c, 0), X87Stack.sig(c, 0), X87Stack.se(c, with), X87Stack.sig(c, with), quiet);
  }

  private static void compare(Cpu c, Insn i, int with, boolean quiet, int pops) {
    Float80 u = X87Stack.begin(c, i);
    finishCompare(c, order(c, u, with, quiet), pops);
  }

  private static void compareFlags(Cpu c, Insn i, boolean quiet, boolean pop) {
    Float80 u = X87Stack.begin(c, i);
    int order = order(c, u, i.cc, quiet);
    if (X87Stack.settle(c)) {
      SseFloat.setFlags(c, order);
      if (pop) {
        X87Stack.pop(c);
      }
    }
  }

  private static void test(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    int order =
        X87Stack.underflow(c, 0)
            ? 2
            : u.compare(X87Stack.se(c, 0), X87Stack.sig(c, 0), 0, 0, false);
    finishCompare(c, order, 0);
  }

  private static void unary(Handlers h) {
    h.bind("FCHS", (c, i) -> sign(c, i, 0x8000, 0x8000));
    h.bind("FABS", (c, i) -> sign(c, i, 0, 0x8000));
    h.bind("FSQRT", (c, i) -> apply(c, i, (u, aSe, a, bSe, b) -> u.squareRoot(aSe, a)));
    h.bind("FRNDINT", (c, i) -> apply(c, i, (u, aSe, a, bSe, b) -> u.roundToInteger(aSe, a)));
    h.bind("FSCALE", (c, i) -> registers(c, i, Float80::scale, 0, 1, false));
    h.bind("FPREM", (c, i) -> remainder(c, i, false));
    h.bind("FPREM1", (c, i) -> remainder(c, i, true));
    h.bind("FXAM", X87Arithmetic::examine);
    h.bind("FXTRACT", X87Arithmetic::extract);
  }

  /** FCHS (flips the sign) and FABS (clears it): no exception but an empty register. */
  private static void sign(Cpu c, Insn i, int flip, int mask) {
    Float80 u = X87Stack.begin(c, i);
    if (!X87Stack.underflow(c, 0)) {
      int se = X87Stack.se(c, 0);
      u.set(flip != 0 ? se ^ flip : se & ~mask, X87Stack.sig(c, 0));
    }
    X87Stack.store(c, 0);
  }

  private static void apply(Cpu c, Insn i, Operation op) {
    Float80 u = X87Stack.begin(c, i);
    if (!X87Stack.underflow(c, 0)) {
      op.apply(u, X87Stack.se(c, 0), X87Stack.sig(c, 0), 0, 0);
    }
    X87Stack.store(c, 0);
  }

  private static void remainder(Cpu c, Insn i, boolean nearest) {
    Float80 u = X87Stack.begin(c, i);
    if (X87Stack.underflow(c, 0) || X87Stack.underflow(c, 1)) {
      c.fpu.status &= ~X87.C2;
      X87Stack.store(c, 0);
      return;
    }
    u.remainder(
        X87Stack.se(c, 0), X87Stack.sig(c, 0), X87Stack.se(c, 1), X87Stack.sig(c, 1), nearest);
    int q = u.quotient;
    int bits = (u.partial ? X87.C2 : 0) | ((q & 4) != 0 ? X87.C0 : 0) | ((q & 2) != 0 ? X87.C3 : 0);
    u.roundedUp = (q & 1) != 0;
    boolean invalid = Float80.isNan(u.signExponent, u.significand);
    if (X87Stack.store(c, 0)) {
      int changed = invalid ? X87.C2 : X87.C0 | X87.C2 | X87.C3;
      c.fpu.status = (c.fpu.status & ~changed) | bits;
    }
  }

  private static void examine(Cpu c, Insn i) {
    X87Stack.begin(c, i);
    int se = X87Stack.se(c, 0);
    long sig = X87Stack.sig(c, 0);
    int exponent = se & 0x7fff;
    int kind;
    if (c.fpu.empty(0)) {
      kind = X87.C3 | X87.C0;
    } else if (Float80.isUnsupported(se, sig)) {
      kind = 0;
    } else if (Float80.isNan(se, sig)) {
      kind = X87.C0;
    } else if (Float80.isSpecial(se)) {
      kind = X87.C2 | X87.C0;
    } else if (exponent == 0) {
      kind = sig == 0 ? X87.C3 : X87.C3 | X87.C2;
    } else {
      kind = X87.C2;
    }
    int all = X87.C0 | X87.C1 | X87.C2 | X87.C3;
    c.fpu.status = (c.fpu.status & ~all) | kind | ((se & 0x8000) != 0 ? X87.C1 : 0);
  }

  private static void extract(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    if (X87Stack.underflow(c, 0) || X87Stack.overflow(c)) {
      if (X87Stack.store(c, 0)) {
        X87Stack.push(c);
      }
      return;
    }
    int se = X87Stack.se(c, 0);
    long sig = X87Stack.sig(c, 0);
    if (Float80.isFiniteNonZero(se, sig)) {
      if ((se & 0x7fff) == 0) {
        u.raised |= X87.DE;
      }
      u.fromInteger(Float80.unbiasedExponent(se, sig));
      if (X87Stack.store(c, 0)) {
        u.significandOf(se, sig);
        X87Stack.push(c);
      }
    } else {
      u.extractSpecial(se, sig);
      boolean nan = Float80.isNan(u.signExponent, u.significand);
      int topSe = nan ? u.signExponent : se;
      long top = nan ? u.significand : sig;
      if (X87Stack.store(c, 0)) {
        u.set(topSe, top);
        X87Stack.push(c);
      }
    }
  }
}
