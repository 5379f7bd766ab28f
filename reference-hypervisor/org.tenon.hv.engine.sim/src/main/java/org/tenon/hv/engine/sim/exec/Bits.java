package org.tenon.hv.engine.sim.exec;

import java.util.zip.CRC32C;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;

/** Bit tests, scans, counts and byte order. */
final class Bits {
  private static final int CRC32C_REVERSED = 0x82f63b78;

  private Bits() {}

  static void bind(Handlers h) {
    h.bind("BT", (c, i) -> bit(c, i, 0));
    h.bind("BTS", (c, i) -> bit(c, i, 1));
    h.bind("BTR", (c, i) -> bit(c, i, 2));
    h.bind("BTC", (c, i) -> bit(c, i, 3));
    h.bind("BSF", Bits::bsf);
    h.bind("BSR", Bits::bsr);
    h.bind("BSWAP", Bits::bswap);
    h.bind("POPCNT", Bits::popcnt);
    h.bind("CRC32", Bits::crc32);
  }

  /** {@code change}: 0 none, 1 set, 2 reset, 3 complement. */
  private static void bit(Cpu c, Insn i, int change) {
    long n = i.src == Insn.IMMEDIATE ? i.imm : signed(c.register(i.src, i.size), i.size);
    int bits = 8 * i.size;
    long mask = 1L << (n & bits - 1);
    if (i.dst >= 0) {
      long a = c.register(i.dst, i.size);
      if (change != 0) {
        c.setRegister(i.dst, i.size, changed(a, mask, change));
      }
      c.flags.setCf((a & mask) != 0);
      return;
    }
    long offset = c.offset(i);
    if (i.src >= 0) {
      offset = offset + (n >> Integer.numberOfTrailingZeros(bits)) * i.size & i.addressMask;
    }
    long at = c.linear(i.segment, offset, i.size, change != 0);
    if (change == 0) {
      c.flags.setCf((c.mmu.load(at, i.size) & mask) != 0);
    } else {
      long a = c.mmu.loadForWrite(at, i.size);
      c.mmu.store(at, i.size, changed(a, mask, change));
      c.flags.setCf((a & mask) != 0);
    }
  }

  private static long changed(long a, long mask, int change) {
    return change == 1 ? a | mask : change == 2 ? a & ~mask : a ^ mask;
  }

  private static long signed(long value, int size) {
    int unused = 64 - 8 * size;
    return value << unused >> unused;
  }

  private static void bsf(Cpu c, Insn i) {
    long a = c.src(i);
    if (a != 0) {
      c.setDst(i, Long.numberOfTrailingZeros(a));
    }
    c.flags.setZf(a == 0);
  }

  private static void bsr(Cpu c, Insn i) {
    long a = c.src(i);
    if (a != 0) {
      c.setDst(i, 63 - Long.numberOfLeadingZeros(a));
    }
    c.flags.setZf(a == 0);
  }

  private static void bswap(Cpu c, Insn i) {
    switch (i.size) {
      case 8 -> c.r[i.dst] = Long.reverseBytes(c.r[i.dst]);
      case 4 -> c.setRegister(i.dst, 4, Integer.reverseBytes((int) c.r[i.dst]));
      default -> c.setRegister(i.dst, 2, 0); // undefined; what processors do
    }
  }

  private static void popcnt(Cpu c, Insn i) {
    long a = c.src(i);
    c.setDst(i, Long.bitCount(a));
    c.flags.logic(0, 0);
    c.flags.setArithmetic(a == 0 ? org.tenon.hv.engine.sim.cpu.Flags.ZF : 0);
  }

  /** The polynomial of {@link CRC32C}, without its inversions. */
  private static void crc32(Cpu c, Insn i) {
    long data = c.src(i);
    int crc = (int) c.register(i.dst, 4);
    for (int k = 0; k < 8 * i.sourceSize; k++) {
      int low = (crc ^ (int) (data >>> k)) & 1;
      crc = crc >>> 1 ^ (low != 0 ? CRC32C_REVERSED : 0);
    }
    c.setRegister(i.dst, i.size, crc & 0xffffffffL);
  }
}
