package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Keeps the flags as what they derive from (see {@link LazyFlags}) in local variables while code is
 * emitted, and makes the code that tests them. Which derivation holds is known here, at compile
 * time, except after a merge ({@link LazyFlags#DYNAMIC}), when {@link #KIND} holds it.
 */
final class FlagEmitter {
  static final int KIND = Emitter.FLAG_VARIABLES;
  static final int OPERAND_A = KIND + 1;
  static final int OPERAND_B = KIND + 3;
  static final int OUTCOME = KIND + 5;
  static final int CARRY = KIND + 7;

  private static final ClassDesc LAZY = LazyFlags.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc COMPARE =
      MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long, ConstantDescs.CD_long);

  private final CodeBuilder code;
  private int state = LazyFlags.CANONICAL;

  FlagEmitter(CodeBuilder code) {
    this.code = code;
  }

  void prologue() {
    code.lconst_0().lstore(OPERAND_A).lconst_0().lstore(OPERAND_B);
    loadCanonical();
  }

  /** Takes the flags over from the processor. */
  void loadCanonical() {
    code.aload(Emitter.PROCESSOR).getfield(Emitter.CPU, "flags", Emitter.FLAGS);
    code.dup().getfield(Emitter.FLAGS, "result", ConstantDescs.CD_long).lstore(OUTCOME);
    code.getfield(Emitter.FLAGS, "carry", ConstantDescs.CD_long).lstore(CARRY);
    code.loadConstant(LazyFlags.CANONICAL).istore(KIND);
    state = LazyFlags.CANONICAL;
  }

  /** Hands the flags to the processor. */
  void storeCanonical() {
    code.aload(Emitter.PROCESSOR).getfield(Emitter.CPU, "flags", Emitter.FLAGS);
    code.dup();
    result();
    code.putfield(Emitter.FLAGS, "result", ConstantDescs.CD_long);
    carry();
    code.putfield(Emitter.FLAGS, "carry", ConstantDescs.CD_long);
  }

  /** How the flags derive here. */
  int state() {
    return state;
  }

  /** A block begins with the flags in this state. */
  void begin(int newState) {
    state = newState;
  }

  /** The flags now derive from the scratch variables A, B and RESULT. */
  void derive(int kind, int shift) {
    code.lload(Emitter.A).lstore(OPERAND_A);
    code.lload(Emitter.B).lstore(OPERAND_B);
    code.lload(Emitter.RESULT).lstore(OUTCOME);
    state = LazyFlags.code(kind, shift);
  }

  /** The flags now derive from the scratch variable RESULT alone. */
  void deriveFromResult(int kind, int shift) {
    code.lload(Emitter.RESULT).lstore(OUTCOME);
    state = LazyFlags.code(kind, shift);
  }

  /** The flags now derive from a shift of A by a constant. */
  void deriveFromShift(int kind, int shift, int count) {
    code.lload(Emitter.A).lstore(OPERAND_A);
    code.lload(Emitter.RESULT).lstore(OUTCOME);
    state = LazyFlags.code(kind, shift, count);
  }

  /** From here on {@link #KIND} tells. */
  void makeDynamic() {
    storeKind();
    state = LazyFlags.DYNAMIC;
  }

  /** Notes the state where another may be, too. */
  void storeKind() {
    if (state != LazyFlags.DYNAMIC) {
      code.loadConstant(state).istore(KIND);
    }
  }

  /** Computes the two words. */
  void makeCanonical() {
    if (state == LazyFlags.CANONICAL) {
      return;
    }
    carry();
    result();
    code.lstore(OUTCOME).lstore(CARRY);
    state = LazyFlags.CANONICAL;
  }

  /** Whether the sign of {@link #CARRY} is CF. */
  boolean carryIsHeld() {
    return switch (LazyFlags.kind(state)) {
      case LazyFlags.CANONICAL, LazyFlags.INC, LazyFlags.DEC -> true;
      default -> false;
    };
  }

  /** Brings CF into the sign of {@link #CARRY}, whatever becomes of the other flags. */
  void holdCarry() {
    if (!carryIsHeld()) {
      carryFlag();
      code.loadConstant(63).lshl().lstore(CARRY);
    }
  }

  private void pushCode() {
    if (state == LazyFlags.DYNAMIC) {
      code.iload(KIND);
    } else {
      code.loadConstant(state);
    }
  }

  private void carry() {
    if (state == LazyFlags.CANONICAL) {
      code.lload(CARRY);
      return;
    }
    pushCode();
    code.lload(OPERAND_A).lload(OPERAND_B).lload(OUTCOME).lload(CARRY);
    code.invokestatic(
        LAZY,
        "carry",
        MethodTypeDesc.of(
            ConstantDescs.CD_long,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long));
  }

  private void result() {
    int shift = LazyFlags.shift(state);
    if (state == LazyFlags.DYNAMIC) {
      code.iload(KIND).lload(OUTCOME);
      code.invokestatic(
          LAZY,
          "result",
          MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_int, ConstantDescs.CD_long));
    } else {
      code.lload(OUTCOME);
      if (shift != 0) {
        code.loadConstant(shift).lshl().loadConstant(shift).lshr();
      }
    }
  }

  /** Pushes CF as a long, 0 or 1. */
  void carryFlag() {
    if (carryIsHeld()) {
      code.lload(CARRY).loadConstant(63).lushr();
      return;
    }
    switch (LazyFlags.kind(state)) {
      case LazyFlags.LOGIC -> code.lconst_0();
      case LazyFlags.ADC -> carriesOut(false);
      case LazyFlags.SBB -> carriesOut(true);
      default -> {
        carry();
        code.loadConstant(63).lushr();
      }
    }
  }

  /** Pushes the carry or borrow out of the top bit. */
  private void carriesOut(boolean borrow) {
    code.lload(OPERAND_A);
    if (borrow) {
      code.loadConstant(-1L).lxor().lload(OPERAND_B).land();
      code.lload(OPERAND_A).lload(OPERAND_B).lxor().loadConstant(-1L).lxor();
      code.lload(OUTCOME).land().lor();
    } else {
      code.lload(OPERAND_B).land();
      code.lload(OPERAND_A).lload(OPERAND_B).lor();
      code.lload(OUTCOME).loadConstant(-1L).lxor().land().lor();
    }
    code.loadConstant(63 - LazyFlags.shift(state)).lushr().lconst_1().land();
  }

  /** Jumps if a condition (Intel SDM vol. 1, appendix B) holds; may compute the two words. */
  void jumpIf(int cc, Label to) {
    boolean negate = (cc & 1) != 0;
    int kind = LazyFlags.kind(state);
    boolean done =
        switch (cc >> 1) {
          case 1 -> below(kind, negate, to);
          case 2 -> zero(negate, to);
          case 3 -> belowOrEqual(kind, negate, to);
          case 4 -> sign(kind, negate, to);
          case 6 -> less(kind, negate, to);
          case 7 -> lessOrEqual(kind, negate, to);
          default -> false;
        };
    if (!done) {
      makeCanonical();
      code.lload(OUTCOME).lload(CARRY).loadConstant(cc & ~1);
      code.invokestatic(
          LAZY,
          "holds",
          MethodTypeDesc.of(
              ConstantDescs.CD_boolean,
              ConstantDescs.CD_long,
              ConstantDescs.CD_long,
              ConstantDescs.CD_int));
      if (negate) {
        code.ifeq(to);
      } else {
        code.ifne(to);
      }
    }
  }

  /** Pushes the result with its sign in the top bit. */
  private void signed(int variable) {
    int shift = LazyFlags.shift(state);
    code.lload(variable);
    if (shift != 0) {
      code.loadConstant(shift).lshl();
    }
  }

  private void unsigned(int variable) {
    int shift = LazyFlags.shift(state);
    code.lload(variable);
    if (shift != 0) {
      code.loadConstant(-1L >>> shift).land();
    }
  }

  private boolean below(int kind, boolean negate, Label to) {
    if (kind == LazyFlags.SUB || kind == LazyFlags.ADD) {
      unsigned(kind == LazyFlags.SUB ? OPERAND_A : OUTCOME);
      unsigned(kind == LazyFlags.SUB ? OPERAND_B : OPERAND_A);
      compareUnsigned();
      branchIfNegative(negate, to);
      return true;
    }
    if (kind == LazyFlags.DYNAMIC) {
      return false;
    }
    carryFlag();
    code.lconst_0().lcmp();
    if (negate) {
      code.ifeq(to);
    } else {
      code.ifne(to);
    }
    return true;
  }

  private void compareUnsigned() {
    if (LazyFlags.shift(state) == 0) {
      code.invokestatic(ConstantDescs.CD_Long, "compareUnsigned", COMPARE);
    } else {
      code.lcmp();
    }
  }

  private void branchIfNegative(boolean negate, Label to) {
    if (negate) {
      code.ifge(to);
    } else {
      code.iflt(to);
    }
  }

  private boolean zero(boolean negate, Label to) {
    if (state == LazyFlags.DYNAMIC) {
      result();
    } else {
      signed(OUTCOME);
    }
    code.lconst_0().lcmp();
    if (negate) {
      code.ifne(to);
    } else {
      code.ifeq(to);
    }
    return true;
  }

  private boolean belowOrEqual(int kind, boolean negate, Label to) {
    if (kind == LazyFlags.LOGIC) {
      return zero(negate, to);
    }
    if (kind != LazyFlags.SUB) {
      return false;
    }
    unsigned(OPERAND_A);
    unsigned(OPERAND_B);
    compareUnsigned();
    if (negate) {
      code.ifgt(to);
    } else {
      code.ifle(to);
    }
    return true;
  }

  private boolean sign(int kind, boolean negate, Label to) {
    if (kind == LazyFlags.DYNAMIC || kind == LazyFlags.CANONICAL) {
      return false;
    }
    signed(OUTCOME);
    code.lconst_0().lcmp();
    branchIfNegative(negate, to);
    return true;
  }

  private boolean less(int kind, boolean negate, Label to) {
    if (kind == LazyFlags.LOGIC) {
      return sign(kind, negate, to);
    }
    if (kind != LazyFlags.SUB) {
      return false;
    }
    signed(OPERAND_A);
    signed(OPERAND_B);
    code.lcmp();
    branchIfNegative(negate, to);
    return true;
  }

  private boolean lessOrEqual(int kind, boolean negate, Label to) {
    if (kind == LazyFlags.LOGIC) {
      signed(OUTCOME);
      code.lconst_0();
    } else if (kind == LazyFlags.SUB) {
      signed(OPERAND_A);
      signed(OPERAND_B);
    } else {
      return false;
    }
    code.lcmp();
    if (negate) {
      code.ifgt(to);
    } else {
      code.ifle(to);
    }
    return true;
  }
}
