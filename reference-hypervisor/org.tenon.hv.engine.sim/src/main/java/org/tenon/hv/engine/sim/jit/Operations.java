package org.tenon.hv.engine.sim.jit;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.fpu.Wide;

/** What compiled code calls because it is too long, or too rare, to be emitted in place. */
final class Operations {
  private static final long TOP = Long.MIN_VALUE | Long.MIN_VALUE >>> 1;

  private Operations() {}

  /** A near target as it is; #GP(0) unless canonical. */
  static long target(Cpu cpu, long address) {
    if (address << 16 >> 16 != address) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    return address;
  }

  /** DIV of 64 by 32 bits: the quotient. */
  static long divide32(Cpu cpu, long high, long low, long divisor) {
    if (high >= divisor) { // also where the divisor is zero
      throw cpu.fault(GuestFault.DE, 0);
    }
    return Long.divideUnsigned(high << 32 | low, divisor);
  }

  /** DIV of 128 by 64 bits: the quotient. */
  static long divide64(Cpu cpu, long high, long low, long divisor) {
    if (Long.compareUnsigned(high, divisor) >= 0) {
      throw cpu.fault(GuestFault.DE, 0);
    }
    return high == 0 ? Long.divideUnsigned(low, divisor) : Wide.divide(high, low, divisor);
  }

  /** The carry word with another CF, OF kept. */
  static long withCarry(long carry, long cf) {
    long of = (carry ^ carry << 1) & Long.MIN_VALUE;
    long top = cf << 63;
    return (carry & ~TOP) | top | (top ^ of) >>> 1;
  }

  /** The carry word with another CF and OF. */
  static long withCarryAndOverflow(long carry, long cf, long of) {
    long top = cf << 63;
    return (carry & ~TOP) | top | (top ^ of << 63) >>> 1;
  }

  /** The carry word when ZF alone changes and the result word becomes 0 or 1 accordingly. */
  static long withZero(long result, long carry, long tested) {
    long sign = result >>> 63 ^ carry & 1;
    int odd = Integer.bitCount((int) (result ^ carry >>> 8) & 0xff) & 1;
    int oddNow = tested == 0 ? 0 : 1;
    return (carry & (TOP | 8)) | sign | (odd != oddNow ? 0x100 : 0);
  }
}
