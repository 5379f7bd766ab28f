package org.tenon.hv.engine.sim.exec;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.Float80;
import org.tenon.hv.engine.sim.fpu.X87;

/** The transcendental functions, in double precision. */
final class X87Functions {
  private static final double LN2 = StrictMath.log(2);

  /** Arguments from here on are out of range: C2 is set and nothing else changes. */
  private static final double RANGE = 0x1p63;

  private X87Functions() {}

  static void bind(Handlers h) {
    h.bind("FSIN", (c, i) -> periodic(c, i, StrictMath::sin));
    h.bind("FCOS", (c, i) -> periodic(c, i, StrictMath::cos));
    h.bind("FPTAN", (c, i) -> pair(c, i, StrictMath::tan, v -> 1.0));
    h.bind("FSINCOS", (c, i) -> pair(c, i, StrictMath::sin, StrictMath::cos));
    h.bind("FPATAN", (c, i) -> two(c, i, StrictMath::atan2));
    h.bind("FYL2X", (c, i) -> two(c, i, (y, x) -> y * (StrictMath.log(x) / LN2)));
    h.bind("FYL2XP1", (c, i) -> two(c, i, (y, x) -> y * (StrictMath.log1p(x) / LN2)));
    h.bind("F2XM1", X87Functions::exponential);
  }

  private static double top(Cpu c, int i) {
    return Float80.approximate(X87Stack.se(c, i), X87Stack.sig(c, i));
  }

  /** Leaves a double in the unit; a NaN that no operand brought is invalid. */
  private static void result(Float80 u, double v, boolean operandNan) {
    if (Double.isNaN(v) && !operandNan) {
      u.invalid();
      return;
    }
    u.fromBits(Double.doubleToRawLongBits(v), false);
    u.raised = (u.raised & ~X87.DE) | (v == 0 || Double.isInfinite(v) ? 0 : X87.PE);
  }

  private static boolean outOfRange(Cpu c, double v) {
    boolean out = Math.abs(v) >= RANGE && !Double.isInfinite(v);
    c.fpu.status = out ? c.fpu.status | X87.C2 : c.fpu.status & ~X87.C2;
    return out;
  }

  private static void periodic(Cpu c, Insn i, DoubleUnaryOperator f) {
    Float80 u = X87Stack.begin(c, i);
    if (!X87Stack.underflow(c, 0)) {
      double v = top(c, 0);
      if (outOfRange(c, v)) {
        return;
      }
      result(u, f.applyAsDouble(v), Double.isNaN(v));
    }
    X87Stack.store(c, 0);
  }

  private static void pair(Cpu c, Insn i, DoubleUnaryOperator first, DoubleUnaryOperator second) {
    Float80 u = X87Stack.begin(c, i);
    if (X87Stack.underflow(c, 0) || X87Stack.overflow(c)) {
      if (X87Stack.store(c, 0)) {
        X87Stack.push(c);
      }
      return;
    }
    double v = top(c, 0);
    if (outOfRange(c, v)) {
      return;
    }
    result(u, first.applyAsDouble(v), Double.isNaN(v));
    if (X87Stack.store(c, 0)) {
      result(u, Double.isInfinite(v) ? Double.NaN : second.applyAsDouble(v), Double.isNaN(v));
      X87Stack.push(c);
    }
  }

  /** ST(1) := f(ST(1), ST(0)); pop. */
  private static void two(Cpu c, Insn i, DoubleBinaryOperator f) {
    Float80 u = X87Stack.begin(c, i);
    if (!(X87Stack.underflow(c, 0) || X87Stack.underflow(c, 1))) {
      double x = top(c, 0);
      double y = top(c, 1);
      result(u, f.applyAsDouble(y, x), Double.isNaN(x) || Double.isNaN(y));
    }
    if (X87Stack.store(c, 1)) {
      X87Stack.pop(c);
    }
  }

  private static void exponential(Cpu c, Insn i) {
    Float80 u = X87Stack.begin(c, i);
    if (!X87Stack.underflow(c, 0)) {
      double v = top(c, 0);
      result(u, StrictMath.expm1(v * LN2), Double.isNaN(v));
    }
    X87Stack.store(c, 0);
  }
}
