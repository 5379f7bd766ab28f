package org.tenon.hv.engine.sim.fpu;

/**
 * The x87 register stack and its control, status and tag words. MMX registers are its significands.
 */
public final class X87 {
  /** Status word: invalid operation. */
  public static final int IE = 1;

  /** Status word: denormal operand. */
  public static final int DE = 2;

  /** Status word: division by zero. */
  public static final int ZE = 4;

  /** Status word: overflow. */
  public static final int OE = 8;

  /** Status word: underflow. */
  public static final int UE = 0x10;

  /** Status word: inexact. */
  public static final int PE = 0x20;

  /** Status word: stack fault. */
  public static final int SF = 0x40;

  /** Status word: an unmasked exception is pending. */
  public static final int ES = 0x80;

  /** Status word: condition codes. */
  public static final int C0 = 0x100;

  public static final int C1 = 0x200;
  public static final int C2 = 0x400;
  public static final int C3 = 0x4000;

  /** Significands of the physical registers; also MM0 to MM7. */
  public final long[] significand = new long[8];

  /** Sign (bit 15) and biased exponent of the physical registers. */
  public final int[] signExponent = new int[8];

  /** FCW. */
  public int control;

  /** FSW without TOP. */
  public int status;

  /** Number of the physical register that is ST(0). */
  public int top;

  /** One bit for each physical register in use. */
  public int valid;

  /** Last instruction and operand, as FNSTENV and FXSAVE show them. */
  public long instructionPointer;

  public long dataPointer;
  public int opcode;

  public X87() {
    reset();
  }

  /** Power-on: as FNINIT, but FCW 040H and registers zero. */
  public void reset() {
    init();
    control = 0x40;
    valid = 0xff;
    java.util.Arrays.fill(significand, 0);
    java.util.Arrays.fill(signExponent, 0);
  }

  /** FNINIT. */
  public void init() {
    control = 0x37f;
    status = 0;
    top = 0;
    valid = 0;
    instructionPointer = 0;
    dataPointer = 0;
    opcode = 0;
  }

  /** FSW. */
  public int statusWord() {
    return status | top << 11;
  }

  /** Sets FSW. */
  public void setStatusWord(int value) {
    status = value & 0xffff & ~(7 << 11);
    top = value >> 11 & 7;
    updateSummary();
  }

  /** Sets FCW. */
  public void setControlWord(int value) {
    control = (value & 0x1f7f) | 0x40;
    updateSummary();
  }

  /** Recomputes ES and B from pending and masked exceptions. */
  public void updateSummary() {
    if ((status & ~control & 0x3f) != 0) {
      status |= ES | 0x8000;
    } else {
      status &= ~(ES | 0x8000);
    }
  }

  /** The physical register behind ST(i). */
  public int physical(int i) {
    return top + i & 7;
  }

  /** Whether ST(i) is empty. */
  public boolean empty(int i) {
    return (valid >> physical(i) & 1) == 0;
  }

  /** The full tag word: 0 valid, 1 zero, 2 special, 3 empty for each physical register. */
  public int tagWord() {
    int word = 0;
    for (int k = 0; k < 8; k++) {
      word |= tag(k) << (2 * k);
    }
    return word;
  }

  private int tag(int k) {
    if ((valid >> k & 1) == 0) {
      return 3;
    }
    int exponent = signExponent[k] & 0x7fff;
    if (exponent == 0) {
      return significand[k] == 0 ? 1 : 2;
    }
    return exponent == 0x7fff || significand[k] >= 0 ? 2 : 0;
  }

  /** Sets which registers are in use from a full tag word. */
  public void setTagWord(int word) {
    valid = 0;
    for (int k = 0; k < 8; k++) {
      if ((word >> (2 * k) & 3) != 3) {
        valid |= 1 << k;
      }
    }
  }

  /** Reads MMX register {@code n}. */
  public long mmx(int n) {
    return significand[n];
  }

  /** Writes MMX register {@code n}. */
  public void setMmx(int n, long value) {
    significand[n] = value;
    signExponent[n] = 0xffff;
  }

  /** What every MMX instruction but EMMS does to the stack. */
  public void enterMmx() {
    top = 0;
    valid = 0xff;
  }
}
