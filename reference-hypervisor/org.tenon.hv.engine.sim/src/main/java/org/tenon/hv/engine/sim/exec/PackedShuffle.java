package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Packed.VectorOperation;
import org.tenon.hv.engine.sim.simd.Lanes;
import org.tenon.hv.engine.sim.simd.Vector;

/**
 * Instructions that move data between lanes: unpack, pack, shuffle, blend, insert, extract,
 * horizontal arithmetic.
 */
final class PackedShuffle {
  private PackedShuffle() {}

  static void bind(Handlers h) {
    unpack(h);
    pack(h);
    shuffle(h);
    blend(h);
    horizontal(h);
    insertAndExtract(h);
    extend(h);
  }

  private static void whole(Handlers h, String name, VectorOperation op) {
    h.bindEach(name, row -> Packed.whole(row, op));
  }

  private static void unpack(Handlers h) {
    unpack(h, "PUNPCKLBW", 8, false);
    unpack(h, "PUNPCKHBW", 8, true);
    unpack(h, "PUNPCKLWD", 16, false);
    unpack(h, "PUNPCKHWD", 16, true);
    unpack(h, "PUNPCKLDQ", 32, false);
    unpack(h, "PUNPCKHDQ", 32, true);
    unpack(h, "PUNPCKLQDQ", 64, false);
    unpack(h, "PUNPCKHQDQ", 64, true);
    unpack(h, "UNPCKLPS", 32, false);
    unpack(h, "UNPCKHPS", 32, true);
    unpack(h, "UNPCKLPD", 64, false);
    unpack(h, "UNPCKHPD", 64, true);
  }

  private static void unpack(Handlers h, String name, int width, boolean upper) {
    VectorOperation op = (d, s, imm) -> interleave(d, s, width, upper);
    // The low forms of MMX read only 32 bits of memory.
    h.bindEach(
        name,
        row ->
            row.has("mmx") && !upper
                ? (c, i) -> {
                  Packed.requireMmx(c);
                  c.vectorB.set(i.rm >= 0 ? c.fpu.mmx(i.rm & 7) : c.load(i, 4), 0);
                  c.vectorA.set(c.fpu.mmx(i.reg & 7), 0);
                  c.vectorA.bits = 64;
                  interleave(c.vectorA, c.vectorB, width, false);
                  Packed.setMmx(c, i.reg, c.vectorA.low);
                }
                : Packed.whole(row, op));
  }

  private static void interleave(Vector d, Vector s, int width, boolean upper) {
    int lanes = d.lanes(width);
    int from = upper ? lanes / 2 : 0;
    Vector r = new Vector();
    r.bits = d.bits;
    for (int k = 0; k < lanes / 2; k++) {
      r.put(2 * k, width, d.get(from + k, width));
      r.put(2 * k + 1, width, s.get(from + k, width));
    }
    d.set(r.low, r.high);
  }

  private static void pack(Handlers h) {
    pack(h, "PACKSSWB", 16, true);
    pack(h, "PACKUSWB", 16, false);
    pack(h, "PACKSSDW", 32, true);
    pack(h, "PACKUSDW", 32, false);
  }

  private static void pack(Handlers h, String name, int width, boolean signed) {
    whole(
        h,
        name,
        (d, s, imm) -> {
          int lanes = d.lanes(width);
          long low = half(d, width, signed, lanes);
          long high = half(s, width, signed, lanes);
          if (d.bits == 64) {
            d.set(low | high << 32, 0);
          } else {
            d.set(low, high);
          }
        });
  }

  private static long half(Vector v, int width, boolean signed, int lanes) {
    int to = width / 2;
    long r = 0;
    for (int k = 0; k < lanes; k++) {
      int value = (int) v.signed(k, width);
      int packed =
          to == 8
              ? signed ? Lanes.saturate8(value) : Lanes.saturateU8(value)
              : signed ? Lanes.saturate16(value) : Lanes.saturateU16(value);
      r |= (packed & (1L << to) - 1) << (k * to);
    }
    return r;
  }

  private static void shuffle(Handlers h) {
    whole(h, "PSHUFB", PackedShuffle::shuffleBytes);
    whole(h, "PSHUFD", (d, s, imm) -> select(d, s, 32, 0, imm));
    whole(h, "PSHUFW", (d, s, imm) -> select(d, s, 16, 0, imm));
    whole(
        h,
        "PSHUFLW",
        (d, s, imm) -> {
          select(d, s, 16, 0, imm);
          d.high = s.high;
        });
    whole(
        h,
        "PSHUFHW",
        (d, s, imm) -> {
          select(d, s, 16, 4, imm);
          d.low = s.low;
        });
    whole(
        h,
        "SHUFPS",
        (d, s, imm) -> {
          long a = d.get(imm & 3, 32);
          long b = d.get(imm >> 2 & 3, 32);
          long x = s.get(imm >> 4 & 3, 32);
          long y = s.get(imm >> 6 & 3, 32);
          d.set(a | b << 32, x | y << 32);
        });
    whole(h, "SHUFPD", (d, s, imm) -> d.set(d.get(imm & 1, 64), s.get(imm >> 1 & 1, 64)));
    whole(h, "PALIGNR", PackedShuffle::align);
    whole(
        h,
        "MOVSLDUP",
        (d, s, imm) -> {
          long low = s.get(0, 32);
          long high = s.get(2, 32);
          d.set(low | low << 32, high | high << 32);
        });
    whole(
        h,
        "MOVSHDUP",
        (d, s, imm) -> {
          long low = s.get(1, 32);
          long high = s.get(3, 32);
          d.set(low | low << 32, high | high << 32);
        });
  }

  /** Four lanes of the source from {@code first} on, picked by two bits each. */
  private static void select(Vector d, Vector s, int width, int first, int imm) {
    long a = s.get(first + (imm & 3), width);
    long b = s.get(first + (imm >> 2 & 3), width);
    long x = s.get(first + (imm >> 4 & 3), width);
    long y = s.get(first + (imm >> 6 & 3), width);
    d.put(first, width, a);
    d.put(first + 1, width, b);
    d.put(first + 2, width, x);
    d.put(first + 3, width, y);
  }

  private static void shuffleBytes(Vector d, Vector s, int imm) {
    int mask = d.lanes(8) - 1;
    long low = 0;
    long high = 0;
    for (int k = 0; k <= mask; k++) {
      int pick = (int) s.get(k, 8);
      long value = (pick & 0x80) != 0 ? 0 : d.get(pick & mask, 8);
      if (k < 8) {
        low |= value << (8 * k);
      } else {
        high |= value << (8 * (k - 8));
      }
    }
    d.set(low, high);
  }

  private static void align(Vector d, Vector s, int imm) {
    int bytes = d.lanes(8);
    Vector r = new Vector();
    for (int k = 0; k < bytes; k++) {
      int from = k + imm;
      long value = from < bytes ? s.get(from, 8) : from < 2 * bytes ? d.get(from - bytes, 8) : 0;
      r.put(k, 8, value);
    }
    d.set(r.low, r.high);
  }

  private static void blend(Handlers h) {
    whole(h, "BLENDPS", (d, s, imm) -> blend(d, s, 32, imm));
    whole(h, "BLENDPD", (d, s, imm) -> blend(d, s, 64, imm));
    whole(h, "PBLENDW", (d, s, imm) -> blend(d, s, 16, imm));
    h.bindEach("PBLENDVB", row -> blendByMask(8));
    h.bindEach("BLENDVPS", row -> blendByMask(32));
    h.bindEach("BLENDVPD", row -> blendByMask(64));
  }

  private static void blend(Vector d, Vector s, int width, int mask) {
    for (int k = 0; k < d.lanes(width); k++) {
      if ((mask >> k & 1) != 0) {
        d.put(k, width, s.get(k, width));
      }
    }
  }

  /** The mask is the sign of each lane of XMM0. */
  private static Handler blendByMask(int width) {
    return (c, i) -> {
      FpuState.requireSse(c);
      Packed.read128(c, i, c.vectorB);
      Vector mask = new Vector();
      mask.set(c.xmm[0], c.xmm[1]);
      int bits = 0;
      for (int k = 0; k < 128 / width; k++) {
        bits |= mask.signed(k, width) < 0 ? 1 << k : 0;
      }
      int chosen = bits;
      Packed.applyTo(c, i, (d, s, imm) -> blend(d, s, width, chosen));
    };
  }

  /** Combines neighbours. */
  @FunctionalInterface
  private interface Pair {
    int apply(int a, int b);
  }

  private static void horizontal(Handlers h) {
    horizontal(h, "PHADDW", 16, Integer::sum);
    horizontal(h, "PHADDD", 32, Integer::sum);
    horizontal(h, "PHADDSW", 16, (a, b) -> Lanes.saturate16(a + b));
    horizontal(h, "PHSUBW", 16, (a, b) -> a - b);
    horizontal(h, "PHSUBD", 32, (a, b) -> a - b);
    horizontal(h, "PHSUBSW", 16, (a, b) -> Lanes.saturate16(a - b));
    whole(
        h,
        "PHMINPOSUW",
        (d, s, imm) -> {
          int best = 0;
          for (int k = 1; k < 8; k++) {
            if (s.get(k, 16) < s.get(best, 16)) {
              best = k;
            }
          }
          d.set(s.get(best, 16) | (long) best << 16, 0);
        });
    whole(
        h,
        "MPSADBW",
        (d, s, imm) -> {
          int a = (imm >> 2 & 1) * 4;
          int b = (imm & 3) * 4;
          Vector r = new Vector();
          for (int k = 0; k < 8; k++) {
            long sum = 0;
            for (int m = 0; m < 4; m++) {
              sum += Math.abs(d.get(a + k + m, 8) - s.get(b + m, 8));
            }
            r.put(k, 16, sum);
          }
          d.set(r.low, r.high);
        });
  }

  private static void horizontal(Handlers h, String name, int width, Pair op) {
    whole(
        h,
        name,
        (d, s, imm) -> {
          int half = d.lanes(width) / 2;
          Vector r = new Vector();
          for (int k = 0; k < half; k++) {
            int x = op.apply((int) d.signed(2 * k, width), (int) d.signed(2 * k + 1, width));
            int y = op.apply((int) s.signed(2 * k, width), (int) s.signed(2 * k + 1, width));
            r.put(k, width, x);
            r.put(half + k, width, y);
          }
          d.set(r.low, r.high);
        });
  }

  private static void insertAndExtract(Handlers h) {
    h.bindEach("PINSRW", row -> insert(row, 16));
    h.bindEach("PINSRB", row -> insert(row, 8));
    h.bindEach("PINSRD", row -> insert(row, 32));
    h.bind("PEXTRB", (c, i) -> extract(c, i, 8));
    h.bind("PEXTRW.m", (c, i) -> extract(c, i, 16));
    h.bind("PEXTRD", (c, i) -> extract(c, i, i.size == 8 ? 64 : 32));
    h.bind("EXTRACTPS", (c, i) -> extract(c, i, 32));
    h.bindEach("PEXTRW", PackedShuffle::extractWord);
    h.bindEach("PMOVMSKB", row -> signs(row, 8));
    h.bindEach("MOVMSKPS", row -> signs(row, 32));
    h.bindEach("MOVMSKPD", row -> signs(row, 64));
    h.bind("INSERTPS", PackedShuffle::insertSingle);
  }

  private static Handler insert(Definition row, int narrow) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        long value = i.rm >= 0 ? c.r[i.rm] : c.load(i, 2);
        c.vectorA.set(c.fpu.mmx(i.reg & 7), 0);
        c.vectorA.put(i.imm2 & 3, 16, value);
        Packed.setMmx(c, i.reg, c.vectorA.low);
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      int width = narrow == 32 && i.rexW ? 64 : narrow;
      // Without REX, register numbers 4 to 7 stand for SP to DI here: the operand is a doubleword.
      int register = i.rm >= Insn.HIGH_BYTE ? i.rm - Insn.HIGH_BYTE + 4 : i.rm;
      long value = register >= 0 ? c.r[register] : c.load(i, width / 8);
      Vector d = c.vectorA;
      d.set(c.xmm[2 * i.reg], c.xmm[2 * i.reg + 1]);
      d.put(i.imm2 & 128 / width - 1, width, value);
      c.xmm[2 * i.reg] = d.low;
      c.xmm[2 * i.reg + 1] = d.high;
    };
  }

  private static void extract(Cpu c, Insn i, int width) {
    FpuState.requireSse(c);
    c.vectorA.set(c.xmm[2 * i.reg], c.xmm[2 * i.reg + 1]);
    long value = c.vectorA.get(i.imm2 & 128 / width - 1, width);
    if (i.rm >= 0) {
      int register = i.rm >= Insn.HIGH_BYTE ? i.rm - Insn.HIGH_BYTE + 4 : i.rm;
      c.r[register] = value;
    } else {
      c.store(i, width / 8, value);
    }
  }

  private static Handler extractWord(Definition row) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        c.r[i.reg] = c.fpu.mmx(i.rm & 7) >>> (16 * (i.imm2 & 3)) & 0xffff;
        c.fpu.enterMmx();
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      c.vectorA.set(c.xmm[2 * i.rm], c.xmm[2 * i.rm + 1]);
      c.r[i.reg] = c.vectorA.get(i.imm2 & 7, 16);
    };
  }

  private static Handler signs(Definition row, int width) {
    if (row.has("mmx")) {
      return (c, i) -> {
        Packed.requireMmx(c);
        c.r[i.reg] = signBytes(c.fpu.mmx(i.rm & 7));
        c.fpu.enterMmx();
      };
    }
    return (c, i) -> {
      FpuState.requireSse(c);
      long low = c.xmm[2 * i.rm];
      long high = c.xmm[2 * i.rm + 1];
      c.r[i.reg] =
          switch (width) {
            case 8 -> signBytes(low) | signBytes(high) << 8;
            case 32 ->
                (low >>> 31 & 1) | (low >>> 63) << 1 | (high >>> 31 & 1) << 2 | (high >>> 63) << 3;
            default -> low >>> 63 | (high >>> 63) << 1;
          };
    };
  }

  /** The eight sign bits of a half, gathered by a multiplication. */
  private static long signBytes(long half) {
    return ((half >>> 7 & 0x0101010101010101L) * 0x0102040810204080L) >>> 56;
  }

  private static void insertSingle(Cpu c, Insn i) {
    FpuState.requireSse(c);
    int imm = i.imm2;
    long value;
    if (i.rm >= 0) {
      c.vectorB.set(c.xmm[2 * i.rm], c.xmm[2 * i.rm + 1]);
      value = c.vectorB.get(imm >> 6 & 3, 32);
    } else {
      value = c.load(i, 4);
    }
    Packed.applyTo(
        c,
        i,
        (d, s, ignored) -> {
          d.put(imm >> 4 & 3, 32, value);
          for (int k = 0; k < 4; k++) {
            if ((imm >> k & 1) != 0) {
              d.put(k, 32, 0);
            }
          }
        });
  }

  private static void extend(Handlers h) {
    int[][] widths = {{8, 16}, {8, 32}, {8, 64}, {16, 32}, {16, 64}, {32, 64}};
    String[] names = {"BW", "BD", "BQ", "WD", "WQ", "DQ"};
    for (int n = 0; n < names.length; n++) {
      int from = widths[n][0];
      int to = widths[n][1];
      h.bind("PMOVSX" + names[n], (c, i) -> extend(c, i, from, to, true));
      h.bind("PMOVZX" + names[n], (c, i) -> extend(c, i, from, to, false));
    }
  }

  private static void extend(Cpu c, Insn i, int from, int to, boolean signed) {
    FpuState.requireSse(c);
    c.vectorB.set(Packed.scalar(c, i, 16 * from / to), 0);
    Packed.applyTo(
        c,
        i,
        (d, s, imm) -> {
          for (int k = 0; k < 128 / to; k++) {
            d.put(k, to, signed ? s.signed(k, from) : s.get(k, from));
          }
        });
  }
}
