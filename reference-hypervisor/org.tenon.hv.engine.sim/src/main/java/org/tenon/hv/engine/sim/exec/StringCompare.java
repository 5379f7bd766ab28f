package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.simd.Vector;

/** PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM (Intel SDM vol. 2, 4.1). */
final class StringCompare {
  private StringCompare() {}

  static void bind(Handlers h) {
    h.bind("PCMPESTRI", (c, i) -> compare(c, i, true, true));
    h.bind("PCMPESTRM", (c, i) -> compare(c, i, true, false));
    h.bind("PCMPISTRI", (c, i) -> compare(c, i, false, true));
    h.bind("PCMPISTRM", (c, i) -> compare(c, i, false, false));
  }

  private static void compare(Cpu c, Insn i, boolean explicit, boolean toIndex) {
    FpuState.requireSse(c);
    Packed.read128(c, i, c.vectorB);
    c.vectorA.set(c.xmm[2 * i.reg], c.xmm[2 * i.reg + 1]);
    int control = i.imm2 & 0xff;
    int width = (control & 1) != 0 ? 16 : 8;
    int lanes = 128 / width;
    int first =
        explicit ? explicitLength(c, Cpu.RAX, i, lanes) : implicitLength(c.vectorA, width, lanes);
    int second =
        explicit ? explicitLength(c, Cpu.RDX, i, lanes) : implicitLength(c.vectorB, width, lanes);
    int bits = aggregate(c.vectorA, first, c.vectorB, second, control, width, lanes);
    int all = (1 << lanes) - 1;
    int result =
        switch (control >> 4 & 3) {
          case 1 -> ~bits & all;
          case 3 -> bits ^ (1 << second) - 1;
          default -> bits;
        };
    if (toIndex) {
      boolean last = (control & 0x40) != 0;
      int index =
          result == 0
              ? lanes
              : last
                  ? 31 - Integer.numberOfLeadingZeros(result)
                  : Integer.numberOfTrailingZeros(result);
      c.r[Cpu.RCX] = index;
    } else {
      setMask(c, result, (control & 0x40) != 0, width, lanes);
    }
    c.flags.setArithmetic(
        (result != 0 ? Flags.CF : 0)
            | (second < lanes ? Flags.ZF : 0)
            | (first < lanes ? Flags.SF : 0)
            | ((result & 1) != 0 ? Flags.OF : 0));
  }

  private static int explicitLength(Cpu c, int register, Insn i, int lanes) {
    long value = i.rexW ? c.r[register] : (int) c.r[register];
    return value == Long.MIN_VALUE ? lanes : (int) Math.min(Math.abs(value), lanes);
  }

  private static int implicitLength(Vector v, int width, int lanes) {
    for (int k = 0; k < lanes; k++) {
      if (v.get(k, width) == 0) {
        return k;
      }
    }
    return lanes;
  }

  private static long element(Vector v, int lane, int width, boolean signed) {
    return signed ? v.signed(lane, width) : v.get(lane, width);
  }

  /** One bit for each element of the second operand. */
  private static int aggregate(
      Vector a, int aLength, Vector b, int bLength, int control, int width, int lanes) {
    boolean signed = (control & 2) != 0;
    int bits = 0;
    for (int k = 0; k < lanes; k++) {
      boolean hit =
          switch (control >> 2 & 3) {
            case 0 -> k < bLength && equalAny(a, aLength, b, k, width);
            case 1 ->
                k < bLength && inRange(a, aLength, element(b, k, width, signed), width, signed);
            case 2 -> equalEach(a, aLength, b, bLength, k, width);
            default -> equalOrdered(a, aLength, b, bLength, k, width, lanes);
          };
      bits |= hit ? 1 << k : 0;
    }
    return bits;
  }

  private static boolean equalAny(Vector a, int aLength, Vector b, int k, int width) {
    long value = b.get(k, width);
    for (int m = 0; m < aLength; m++) {
      if (a.get(m, width) == value) {
        return true;
      }
    }
    return false;
  }

  private static boolean inRange(Vector a, int aLength, long value, int width, boolean signed) {
    for (int m = 0; m + 1 < aLength; m += 2) {
      if (value >= element(a, m, width, signed) && value <= element(a, m + 1, width, signed)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equalEach(Vector a, int aLength, Vector b, int bLength, int k, int width) {
    boolean aValid = k < aLength;
    boolean bValid = k < bLength;
    return (aValid && bValid) ? a.get(k, width) == b.get(k, width) : aValid == bValid;
  }

  private static boolean equalOrdered(
      Vector a, int aLength, Vector b, int bLength, int k, int width, int lanes) {
    for (int m = 0; m < aLength && k + m < lanes; m++) {
      if (k + m >= bLength || a.get(m, width) != b.get(k + m, width)) {
        return false;
      }
    }
    return true;
  }

  private static void setMask(Cpu c, int result, boolean expand, int width, int lanes) {
    if (!expand) {
      c.xmm[0] = result;
      c.xmm[1] = 0;
      return;
    }
    Vector r = new Vector();
    for (int k = 0; k < lanes; k++) {
      r.put(k, width, (result >> k & 1) != 0 ? -1 : 0);
    }
    c.xmm[0] = r.low;
    c.xmm[1] = r.high;
  }
}
