package org.tenon.hv.engine.sim.decode;

/**
 * A decoded instruction at its address. Filled once by the {@link Decoder}, read only from then on;
 * plain fields, because the interpreter reads several of them for every instruction it executes.
 */
public final class Insn {
  /** {@link #dst} or {@link #src} is the memory operand. */
  public static final int MEMORY = -1;

  /** {@link #src} is {@link #imm}. */
  public static final int IMMEDIATE = -2;

  /** The operand is of another kind, or there is none. */
  public static final int OTHER = -3;

  /** Register number that stands for no base or index; it always reads as zero. */
  public static final int NO_REGISTER = 16;

  /** Added to 0–3: AH, CH, DH and BH. */
  public static final int HIGH_BYTE = 20;

  /** Segment register numbers as instructions encode them. */
  public static final int ES = 0;

  public static final int CS = 1;
  public static final int SS = 2;
  public static final int DS = 3;
  public static final int FS = 4;
  public static final int GS = 5;

  /** The table row, or one of the decoder's rows for bytes that are no instruction. */
  public Definition definition = Decoder.INVALID;

  /** Address of the first byte, within CS. */
  public long rip;

  /** Address of the following instruction, within CS. */
  public long next;

  /** Its place in the block that it was decoded for: the instructions that precede it there. */
  public int position;

  /** Bytes. */
  public int length;

  /** 2, 4 or 8. */
  public int operandSize;

  /** Bytes of the first operand, or the operand size. */
  public int size;

  /** Bytes of the second operand, or {@link #size}. */
  public int sourceSize;

  /** 64 minus the bits of the first operand. */
  public int shift;

  /** First operand: a register number, {@link #MEMORY} or {@link #OTHER}. */
  public int dst = OTHER;

  /** Second operand: a register number, {@link #MEMORY}, {@link #IMMEDIATE} or {@link #OTHER}. */
  public int src = OTHER;

  /** ModRM.reg with its REX extension; for byte registers as in {@link #dst}. */
  public int reg;

  /** ModRM.rm with its REX extension, or {@link #MEMORY}. */
  public int rm = OTHER;

  /** The immediate, sign-extended. */
  public long imm;

  /** A second immediate: ENTER's level, a far pointer's selector, a third operand's immediate. */
  public int imm2;

  /** Where a relative branch goes. */
  public long target;

  public int base = NO_REGISTER;
  public int index = NO_REGISTER;

  /** Shift of the index: 0 to 3. */
  public int scale;

  public long disp;

  /** All ones below the address size. */
  public long addressMask;

  /** Address size in bytes. */
  public int addressSize;

  /** The memory operand's segment, override applied. */
  public int segment = DS;

  /** Condition code of Jcc, SETcc, CMOVcc, or an x87 register number. */
  public int cc;

  public boolean lock;

  /** 0xf2, 0xf3 or 0. */
  public int rep;

  public boolean rexW;

  /**
   * Whether control may go elsewhere than to the next instruction, or the mode may change: no block
   * goes beyond.
   */
  public boolean endsBlock;

  /** Whether the second operand of the memory form must be 16-byte aligned. */
  public boolean aligned;

  /** The register in ModRM.rm where the instruction ignores ModRM.mod or allows only a register. */
  public int modRmRegister() {
    return rm;
  }

  /** For tables indexed by row. */
  public int number() {
    return definition.number();
  }

  @Override
  public String toString() {
    return Disassembler.format(this);
  }
}
