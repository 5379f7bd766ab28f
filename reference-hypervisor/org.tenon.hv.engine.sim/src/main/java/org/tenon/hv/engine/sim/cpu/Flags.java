package org.tenon.hv.engine.sim.cpu;

/**
 * RFLAGS. The six arithmetic flags are kept as what they derive from, because most are overwritten
 * unread:
 *
 * <ul>
 *   <li>{@link #result}: the last result, sign-extended. ZF is {@code result == 0}; SF and PF come
 *       from its sign and low byte, each corrected by a bit or byte of {@link #carry}, so that
 *       flags that no result could give can be held.
 *   <li>{@link #carry}: bit 63 the carry out of the top bit (CF), bit 62 the carry into it (OF is
 *       their difference), bit 3 the carry out of bit 3 (AF), bit 0 inverts SF, bits 15:8 are XORed
 *       into the byte that PF is computed of.
 * </ul>
 */
public final class Flags {
  public static final int CF = 1;
  public static final int PF = 4;
  public static final int AF = 0x10;
  public static final int ZF = 0x40;
  public static final int SF = 0x80;
  public static final int TF = 0x100;
  public static final int IF = 0x200;
  public static final int DF = 0x400;
  public static final int OF = 0x800;
  public static final int IOPL = 0x3000;
  public static final int NT = 0x4000;
  public static final int RF = 0x10000;
  public static final int VM = 0x20000;
  public static final int AC = 0x40000;
  public static final int VIF = 0x80000;
  public static final int VIP = 0x100000;
  public static final int ID = 0x200000;
  public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

  private static final long TOP = 0xc000000000000000L;

  /** Last result, sign-extended to 64 bits. */
  public long result = 1;

  /** Carries and corrections. */
  public long carry;

  /** All other flags; bit 1 is always set. */
  public int system = 2;

  /** After {@code r = a + b (+ carry)}; {@code shift} is 64 minus the operand's bits. */
  public void add(long a, long b, long r, int shift) {
    long c = (a & b) | ((a | b) & ~r);
    result = r << shift >> shift;
    carry = (c << shift & TOP) | (c & 8);
  }

  /** After {@code r = a - b (- borrow)}. */
  public void sub(long a, long b, long r, int shift) {
    long c = (~a & b) | (~(a ^ b) & r);
    result = r << shift >> shift;
    carry = (c << shift & TOP) | (c & 8);
  }

  /** After AND, OR, XOR, TEST: CF, OF and AF clear. */
  public void logic(long r, int shift) {
    result = r << shift >> shift;
    carry = 0;
  }

  /** After INC: like an addition of 1, but CF stays. */
  public void inc(long r, int shift) {
    long old = carry & Long.MIN_VALUE;
    add(r - 1, 1, r, shift);
    keepCarry(old);
  }

  /** After DEC: like a subtraction of 1, but CF stays. */
  public void dec(long r, int shift) {
    long old = carry & Long.MIN_VALUE;
    sub(r + 1, 1, r, shift);
    keepCarry(old);
  }

  private void keepCarry(long old) {
    long overflow = (carry ^ carry << 1) & Long.MIN_VALUE;
    carry = (carry & 8) | old | (old ^ overflow) >>> 1;
  }

  /** Sets result flags as {@link #logic} does, and CF and OF as given; AF clear. */
  public void resultWith(long r, int shift, boolean cf, boolean of) {
    result = r << shift >> shift;
    carry = (cf ? Long.MIN_VALUE : 0) | (cf != of ? Long.MIN_VALUE >>> 1 : 0);
  }

  /** Sets CF and OF alone. */
  public void carryAndOverflow(boolean cf, boolean of) {
    carry = (carry & ~TOP) | (cf ? Long.MIN_VALUE : 0) | (cf != of ? Long.MIN_VALUE >>> 1 : 0);
  }

  public boolean cf() {
    return carry < 0;
  }

  public boolean zf() {
    return result == 0;
  }

  public boolean sf() {
    return (result >>> 63 ^ (carry & 1)) != 0;
  }

  public boolean of() {
    return (carry ^ carry << 1) < 0;
  }

  public boolean af() {
    return (carry & 8) != 0;
  }

  public boolean pf() {
    int b = (int) (result ^ carry >>> 8) & 0xff;
    b ^= b >>> 4;
    return (0x9669 >>> (b & 15) & 1) != 0;
  }

  /** Sets CF alone. */
  public void setCf(boolean cf) {
    carryAndOverflow(cf, of());
  }

  /** Sets ZF alone. */
  public void setZf(boolean zf) {
    int value = arithmetic();
    setArithmetic(zf ? value | ZF : value & ~ZF);
  }

  /** The arithmetic flags in their places. */
  public int arithmetic() {
    return (cf() ? CF : 0)
        | (pf() ? PF : 0)
        | (af() ? AF : 0)
        | (zf() ? ZF : 0)
        | (sf() ? SF : 0)
        | (of() ? OF : 0);
  }

  /** Sets the arithmetic flags from their places. */
  public void setArithmetic(int value) {
    boolean zf = (value & ZF) != 0;
    boolean cf = (value & CF) != 0;
    boolean of = (value & OF) != 0;
    result = zf ? 0 : 1;
    boolean odd = !zf;
    boolean wantOdd = (value & PF) == 0;
    carry =
        (cf ? Long.MIN_VALUE : 0)
            | (cf != of ? Long.MIN_VALUE >>> 1 : 0)
            | ((value & AF) != 0 ? 8 : 0)
            | ((value & SF) != 0 ? 1 : 0)
            | (odd != wantOdd ? 0x100 : 0);
  }

  /** RFLAGS. */
  public long get() {
    return arithmetic() | system;
  }

  /** Sets RFLAGS as given, bit 1 excepted. */
  public void set(long value) {
    setArithmetic((int) value);
    system = ((int) value & ~ARITHMETIC & 0x3f7fd7) | 2;
  }

  /** Whether a system flag is set. */
  public boolean has(int flag) {
    return (system & flag) != 0;
  }

  /** A condition code of Jcc, SETcc, CMOVcc (Intel SDM vol. 1, appendix B). */
  public boolean condition(int code) {
    boolean positive =
        switch (code >> 1) {
          case 0 -> of();
          case 1 -> cf();
          case 2 -> zf();
          case 3 -> cf() || zf();
          case 4 -> sf();
          case 5 -> pf();
          case 6 -> sf() != of();
          default -> zf() || sf() != of();
        };
    return positive != ((code & 1) != 0);
  }
}
