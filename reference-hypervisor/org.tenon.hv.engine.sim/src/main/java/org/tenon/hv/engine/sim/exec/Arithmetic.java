package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.Wide;

/** Binary integer arithmetic. */
final class Arithmetic {
  private Arithmetic() {}

  static void bind(Handlers h) {
    h.bind("ADD", Arithmetic::add);
    h.bind("ADC", Arithmetic::adc);
    h.bind("SUB", Arithmetic::sub);
    h.bind("SBB", Arithmetic::sbb);
    h.bind("CMP", Arithmetic::cmp);
    h.bind("INC", Arithmetic::inc);
    h.bind("DEC", Arithmetic::dec);
    h.bind("NEG", Arithmetic::neg);
    h.bind("MUL", Arithmetic::mul);
    h.bind("IMUL", Arithmetic::imul);
    h.bind("IMUL.three", Arithmetic::imulThree);
    h.bind("IMUL.one", Arithmetic::imulOne);
    h.bind("DIV", Arithmetic::div);
    h.bind("IDIV", Arithmetic::idiv);
    h.bind("XADD", Arithmetic::xadd);
    h.bind("CMPXCHG", Arithmetic::cmpxchg);
    h.bind("CMPXCHG8B", Arithmetic::cmpxchg8b);
  }

  private static void add(Cpu c, Insn i) {
    long a = c.dstForWrite(i);
    long b = c.src(i);
    long r = a + b;
    c.setDst(i, r);
    c.flags.add(a, b, r, i.shift);
  }

  private static void adc(Cpu c, Insn i) {
    long a = c.dstForWrite(i);
    long b = c.src(i);
    long r = a + b + (c.flags.cf() ? 1 : 0);
    c.setDst(i, r);
    c.flags.add(a, b, r, i.shift);
  }

  private static void sub(Cpu c, Insn i) {
    long a = c.dstForWrite(i);
    long b = c.src(i);
    long r = a - b;
    c.setDst(i, r);
    c.flags.sub(a, b, r, i.shift);
  }

  private static void sbb(Cpu c, Insn i) {
    long a = c.dstForWrite(i);
    long b = c.src(i);
    long r = a - b - (c.flags.cf() ? 1 : 0);
    c.setDst(i, r);
    c.flags.sub(a, b, r, i.shift);
  }

  private static void cmp(Cpu c, Insn i) {
    long a = c.dst(i);
    long b = c.src(i);
    c.flags.sub(a, b, a - b, i.shift);
  }

  private static void inc(Cpu c, Insn i) {
    long r = c.dstForWrite(i) + 1;
    c.setDst(i, r);
    c.flags.inc(r, i.shift);
  }

  private static void dec(Cpu c, Insn i) {
    long r = c.dstForWrite(i) - 1;
    c.setDst(i, r);
    c.flags.dec(r, i.shift);
  }

  private static void neg(Cpu c, Insn i) {
    long b = c.dstForWrite(i);
    c.setDst(i, -b);
    c.flags.sub(0, b, -b, i.shift);
  }

  private static long signed(long value, int size) {
    int unused = 64 - 8 * size;
    return value << unused >> unused;
  }

  private static void mul(Cpu c, Insn i) {
    long b = c.dst(i);
    if (i.size == 8) {
      long a = c.r[Cpu.RAX];
      long high = Math.unsignedMultiplyHigh(a, b);
      c.r[Cpu.RAX] = a * b;
      c.r[Cpu.RDX] = high;
      c.flags.resultWith(a * b, 0, high != 0, high != 0);
      return;
    }
    long product = c.register(Cpu.RAX, i.size) * b;
    boolean wide = product >>> (8 * i.size) != 0;
    setWide(c, i.size, product);
    c.flags.resultWith(product, i.shift, wide, wide);
  }

  /** AX for bytes, else rDX:rAX. */
  private static void setWide(Cpu c, int size, long product) {
    if (size == 1) {
      c.setRegister(Cpu.RAX, 2, product);
    } else {
      c.setRegister(Cpu.RAX, size, product);
      c.setRegister(Cpu.RDX, size, product >> (8 * size));
    }
  }

  private static void imulOne(Cpu c, Insn i) {
    long b = signed(c.dst(i), i.size);
    long a = signed(c.register(Cpu.RAX, i.size), i.size);
    long product = a * b;
    boolean wide;
    if (i.size == 8) {
      long high = Math.multiplyHigh(a, b);
      wide = high != product >> 63;
      c.r[Cpu.RAX] = product;
      c.r[Cpu.RDX] = high;
    } else {
      wide = signed(product, i.size) != product;
      setWide(c, i.size, product);
    }
    c.flags.resultWith(product, i.shift, wide, wide);
  }

  private static void imul(Cpu c, Insn i) {
    multiply(c, i, signed(c.dst(i), i.size), signed(c.src(i), i.size));
  }

  private static void imulThree(Cpu c, Insn i) {
    multiply(c, i, signed(c.src(i), i.size), i.imm2);
  }

  private static void multiply(Cpu c, Insn i, long a, long b) {
    long product = a * b;
    boolean wide =
        i.size == 8 ? Math.multiplyHigh(a, b) != product >> 63 : signed(product, i.size) != product;
    c.setDst(i, product);
    c.flags.resultWith(product, i.shift, wide, wide);
  }

  private static void div(Cpu c, Insn i) {
    long b = c.dst(i);
    long quotient;
    long remainder;
    if (b == 0) {
      throw c.fault(GuestFault.DE, 0);
    }
    if (i.size == 8) {
      long high = c.r[Cpu.RDX];
      if (Long.compareUnsigned(high, b) >= 0) {
        throw c.fault(GuestFault.DE, 0);
      }
      quotient = Wide.divide(high, c.r[Cpu.RAX], b);
      remainder = c.r[Cpu.RAX] - quotient * b;
    } else {
      long a = wide(c, i.size);
      quotient = Long.divideUnsigned(a, b);
      remainder = Long.remainderUnsigned(a, b);
      if (quotient >>> (8 * i.size) != 0) {
        throw c.fault(GuestFault.DE, 0);
      }
    }
    setQuotient(c, i.size, quotient, remainder);
  }

  private static long wide(Cpu c, int size) {
    return size == 1
        ? c.r[Cpu.RAX] & 0xffff
        : c.register(Cpu.RDX, size) << (8 * size) | c.register(Cpu.RAX, size);
  }

  private static void setQuotient(Cpu c, int size, long quotient, long remainder) {
    if (size == 1) {
      c.setRegister(Cpu.RAX, 2, (quotient & 0xff) | (remainder & 0xff) << 8);
    } else {
      c.setRegister(Cpu.RAX, size, quotient);
      c.setRegister(Cpu.RDX, size, remainder);
    }
  }

  private static void idiv(Cpu c, Insn i) {
    long b = signed(c.dst(i), i.size);
    if (b == 0) {
      throw c.fault(GuestFault.DE, 0);
    }
    if (i.size == 8) {
      idiv64(c, b);
      return;
    }
    long a = signed(wide(c, i.size), 2 * i.size);
    if (a == Long.MIN_VALUE && b == -1) {
      throw c.fault(GuestFault.DE, 0);
    }
    long quotient = a / b;
    if (signed(quotient, i.size) != quotient) {
      throw c.fault(GuestFault.DE, 0);
    }
    setQuotient(c, i.size, quotient, a % b);
  }

  private static void idiv64(Cpu c, long b) {
    long low = c.r[Cpu.RAX];
    long high = c.r[Cpu.RDX];
    boolean negative = high < 0;
    if (negative) {
      low = -low;
      high = ~high + (low == 0 ? 1 : 0);
    }
    long divisor = Math.abs(b); // Long.MIN_VALUE is right as an unsigned number
    if (Long.compareUnsigned(high, divisor) >= 0) {
      throw c.fault(GuestFault.DE, 0);
    }
    long quotient = Wide.divide(high, low, divisor);
    long remainder = low - quotient * divisor;
    boolean negativeQuotient = negative != b < 0;
    if (negativeQuotient ? Long.compareUnsigned(quotient, Long.MIN_VALUE) > 0 : quotient < 0) {
      throw c.fault(GuestFault.DE, 0);
    }
    c.r[Cpu.RAX] = negativeQuotient ? -quotient : quotient;
    c.r[Cpu.RDX] = negative ? -remainder : remainder;
  }

  private static void xadd(Cpu c, Insn i) {
    long a = c.dstForWrite(i);
    long b = c.src(i);
    long r = a + b;
    if (i.dst >= 0) {
      c.setRegister(i.src, i.size, a);
      c.setDst(i, r);
    } else {
      c.setDst(i, r);
      c.setRegister(i.src, i.size, a);
    }
    c.flags.add(a, b, r, i.shift);
  }

  private static void cmpxchg(Cpu c, Insn i) {
    long old = c.dstForWrite(i);
    long expected = c.register(Cpu.RAX, i.size);
    if (old == expected) {
      c.setDst(i, c.src(i));
    } else {
      if (i.dst < 0) {
        c.setDst(i, old); // memory is written in any case
      }
      c.setRegister(Cpu.RAX, i.size, old);
    }
    c.flags.sub(expected, old, expected - old, i.shift);
  }

  private static void cmpxchg8b(Cpu c, Insn i) {
    int half = i.size;
    long at = c.linear(i, 2 * half, true);
    if (half == 8 && (at & 15) != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    long low = c.mmu.loadForWrite(at, half);
    long high = c.mmu.loadForWrite(c.wrapLinear(at + half), half);
    boolean equal = low == c.register(Cpu.RAX, half) && high == c.register(Cpu.RDX, half);
    c.mmu.checkWrite(at, 2 * half);
    c.mmu.store(at, half, equal ? c.r[Cpu.RBX] : low);
    c.mmu.store(c.wrapLinear(at + half), half, equal ? c.r[Cpu.RCX] : high);
    if (!equal) {
      c.setRegister(Cpu.RAX, half, low);
      c.setRegister(Cpu.RDX, half, high);
    }
    c.flags.setZf(equal);
  }
}
