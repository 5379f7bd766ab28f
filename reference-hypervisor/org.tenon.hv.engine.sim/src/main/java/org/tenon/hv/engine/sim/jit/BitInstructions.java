package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;

/** Bytecode for shifts, rotates, bit tests and scans, and single flags. */
final class BitInstructions {
  private static final MethodTypeDesc OF_ONE =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long);
  private static final MethodTypeDesc OF_TWO =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long);
  private static final MethodTypeDesc OF_THREE =
      MethodTypeDesc.of(
          ConstantDescs.CD_long,
          ConstantDescs.CD_long,
          ConstantDescs.CD_long,
          ConstantDescs.CD_long);

  private final Emitter emit;
  private final FlagEmitter flags;
  private final CodeBuilder code;
  private final IntegerInstructions operands;

  BitInstructions(Emitter emit, FlagEmitter flags, IntegerInstructions operands) {
    this.emit = emit;
    this.flags = flags;
    this.code = emit.code();
    this.operands = operands;
  }

  /**
   * Emits an instruction; false if it is of another group.
   *
   * @param needed the flags that somebody may see afterwards
   */
  boolean compile(Insn insn, int needed) {
    switch (insn.definition.name()) {
      case "SHL", "SHR", "SAR" -> shift(insn, needed);
      case "ROL", "ROR" -> rotate(insn, needed);
      case "SHLD", "SHRD" -> shiftDouble(insn, needed);
      case "BT", "BTS", "BTR", "BTC" -> bit(insn, needed);
      case "BSF", "BSR" -> scan(insn, needed);
      case "BSWAP" -> swap(insn);
      case "POPCNT" -> count(insn, needed);
      case "CLC", "STC", "CMC" -> carry(insn, needed);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static int mask(Insn insn) {
    return insn.size == 8 ? 63 : 31;
  }

  private void shift(Insn insn, int needed) {
    if (insn.src != Insn.IMMEDIATE) {
      shiftByCl(insn, needed);
      return;
    }
    int n = (int) insn.imm & mask(insn);
    operands.destination(insn, true);
    code.lstore(Emitter.A);
    code.lload(Emitter.A);
    if (n == 0) {
      code.lstore(Emitter.RESULT);
      operands.setDestination(insn, Emitter.RESULT);
      return;
    }
    if (insn.definition.name().equals("SAR")) {
      emit.signExtend(insn.size);
    }
    code.loadConstant(n);
    int kind = shiftOperation(insn);
    code.lstore(Emitter.RESULT);
    operands.setDestination(insn, Emitter.RESULT);
    if (needed != 0) {
      flags.deriveFromShift(kind, insn.shift, n);
    }
  }

  /** Shifts the long below the count on the stack. */
  private int shiftOperation(Insn insn) {
    return switch (insn.definition.name()) {
      case "SHL" -> {
        code.lshl();
        yield LazyFlags.SHL;
      }
      case "SHR" -> {
        code.lushr();
        yield LazyFlags.SHR;
      }
      default -> {
        code.lshr();
        yield LazyFlags.SAR;
      }
    };
  }

  /** A count of zero leaves the flags alone: what they derive from is known only when it runs. */
  private void shiftByCl(Insn insn, int needed) {
    operands.destination(insn, true);
    code.lstore(Emitter.A);
    emit.register(Cpu.RCX, 8);
    code.loadConstant((long) mask(insn)).land().lstore(Emitter.B);
    code.lload(Emitter.A);
    if (insn.definition.name().equals("SAR")) {
      emit.signExtend(insn.size);
    }
    code.lload(Emitter.B).l2i();
    int kind = shiftOperation(insn);
    code.lstore(Emitter.RESULT);
    operands.setDestination(insn, Emitter.RESULT);
    if (needed != 0) {
      Label unchanged = code.newLabel();
      flags.makeDynamic();
      code.lload(Emitter.B).lconst_0().lcmp().ifeq(unchanged);
      flags.derive(kind, insn.shift);
      flags.makeDynamic();
      code.labelBinding(unchanged);
    }
  }

  private void rotate(Insn insn, int needed) {
    int bits = 8 * insn.size;
    int count = (int) insn.imm & mask(insn);
    int m = count & bits - 1;
    boolean left = insn.definition.name().equals("ROL");
    operands.destination(insn, true);
    code.lstore(Emitter.A);
    rotated(insn, left ? m : bits - m & bits - 1);
    code.lstore(Emitter.RESULT);
    operands.setDestination(insn, Emitter.RESULT);
    if (count == 0 || needed == 0) {
      return;
    }
    flags.makeCanonical();
    code.lload(FlagEmitter.CARRY);
    bitOfResult(left ? 0 : bits - 1);
    bitOfResult(bits - 1);
    bitOfResult(left ? 0 : bits - 2);
    code.lxor();
    emit.operation("withCarryAndOverflow", OF_THREE);
    code.lstore(FlagEmitter.CARRY);
  }

  /** Pushes A rotated left by a constant. */
  private void rotated(Insn insn, int m) {
    code.lload(Emitter.A);
    if (m == 0) {
      return;
    }
    int bits = 8 * insn.size;
    if (bits == 32) {
      code.l2i().loadConstant(m);
      code.invokestatic(
          ConstantDescs.CD_Integer,
          "rotateLeft",
          MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int));
      code.i2l();
    } else {
      code.loadConstant(m).lshl();
      code.lload(Emitter.A).loadConstant(bits - m).lushr().lor();
    }
  }

  private void bitOfResult(int n) {
    code.lload(Emitter.RESULT);
    if (n != 0) {
      code.loadConstant(n).lushr();
    }
    code.lconst_1().land();
  }

  private void shiftDouble(Insn insn, int needed) {
    boolean left = insn.definition.name().equals("SHLD");
    int bits = 8 * insn.size;
    int n = insn.imm2 & mask(insn);
    operands.destination(insn, true);
    code.lstore(Emitter.A);
    operands.source(insn);
    code.lstore(Emitter.B);
    code.lload(Emitter.A);
    if (n != 0) {
      code.loadConstant(n);
      if (left) {
        code.lshl().lload(Emitter.B).loadConstant(bits - n).lushr().lor();
      } else {
        code.lushr().lload(Emitter.B).loadConstant(bits - n).lshl().lor();
      }
    }
    code.lstore(Emitter.RESULT);
    operands.setDestination(insn, Emitter.RESULT);
    if (n == 0 || needed == 0) {
      return;
    }
    flags.deriveFromResult(LazyFlags.LOGIC, insn.shift);
    flags.makeCanonical();
    code.lconst_0();
    code.lload(Emitter.A).loadConstant(left ? bits - n : n - 1).lushr().lconst_1().land();
    code.lload(Emitter.RESULT).lload(Emitter.A).lxor();
    code.loadConstant(bits - 1).lushr().lconst_1().land();
    emit.operation("withCarryAndOverflow", OF_THREE);
    code.lstore(FlagEmitter.CARRY);
  }

  /** The bit's number is taken modulo the operand's size; a memory operand has a constant one. */
  private void bit(Insn insn, int needed) {
    String name = insn.definition.name();
    boolean write = !name.equals("BT");
    int modulus = 8 * insn.size - 1;
    operands.destination(insn, write);
    code.lstore(Emitter.A);
    if (insn.src == Insn.IMMEDIATE) {
      code.loadConstant(insn.imm & modulus);
    } else {
      emit.register(insn.src, 8);
      code.loadConstant((long) modulus).land();
    }
    code.lstore(Emitter.B);
    if (write) {
      code.lload(Emitter.A).lconst_1().lload(Emitter.B).l2i().lshl();
      switch (name) {
        case "BTS" -> code.lor();
        case "BTR" -> code.loadConstant(-1L).lxor().land();
        default -> code.lxor();
      }
      code.lstore(Emitter.RESULT);
      operands.setDestination(insn, Emitter.RESULT);
    }
    if (needed != 0) {
      code.lload(Emitter.A).lload(Emitter.B).l2i().lushr().lconst_1().land().lstore(Emitter.A);
      setCarry(needed);
    }
  }

  /** CF becomes the scratch variable A, which is 0 or 1. */
  private void setCarry(int needed) {
    if ((needed & FlagUse.OTHERS) == 0) {
      code.lload(Emitter.A).loadConstant(63).lshl().lstore(FlagEmitter.CARRY);
      flags.begin(LazyFlags.CANONICAL); // nobody sees the result word
      return;
    }
    flags.makeCanonical();
    code.lload(FlagEmitter.CARRY).lload(Emitter.A);
    emit.operation("withCarry", OF_TWO);
    code.lstore(FlagEmitter.CARRY);
  }

  private void carry(Insn insn, int needed) {
    if (needed == 0) {
      return;
    }
    switch (insn.definition.name()) {
      case "CLC" -> code.lconst_0();
      case "STC" -> code.lconst_1();
      default -> {
        flags.carryFlag();
        code.lconst_1().lxor();
      }
    }
    code.lstore(Emitter.A);
    setCarry(needed);
  }

  /** A source of zero leaves the destination alone. */
  private void scan(Insn insn, int needed) {
    operands.source(insn);
    code.lstore(Emitter.A);
    Label zero = code.newLabel();
    code.lload(Emitter.A).lconst_0().lcmp().ifeq(zero);
    code.lload(Emitter.A);
    boolean forward = insn.definition.name().equals("BSF");
    MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long);
    if (forward) {
      code.invokestatic(ConstantDescs.CD_Long, "numberOfTrailingZeros", type);
    } else {
      code.invokestatic(ConstantDescs.CD_Long, "numberOfLeadingZeros", type);
      code.loadConstant(63).ixor();
    }
    code.i2l().lstore(Emitter.RESULT);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
    code.labelBinding(zero);
    if (needed != 0) {
      flags.makeCanonical();
      code.lload(FlagEmitter.OUTCOME).lload(FlagEmitter.CARRY).lload(Emitter.A);
      emit.operation("withZero", OF_THREE);
      code.lstore(FlagEmitter.CARRY);
      oneUnlessZero();
    }
  }

  /** The result word becomes 0 or 1 as A is zero or not. */
  private void oneUnlessZero() {
    code.lload(Emitter.A).lload(Emitter.A).lneg().lor().loadConstant(63).lushr();
    code.lstore(FlagEmitter.OUTCOME);
  }

  private void swap(Insn insn) {
    emit.register(insn.dst, insn.size);
    if (insn.size == 8) {
      code.invokestatic(ConstantDescs.CD_Long, "reverseBytes", OF_ONE);
    } else {
      ClassDesc integer = ConstantDescs.CD_Integer;
      code.l2i()
          .invokestatic(
              integer,
              "reverseBytes",
              MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int))
          .i2l();
    }
    code.lstore(Emitter.RESULT);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
  }

  private void count(Insn insn, int needed) {
    operands.source(insn);
    code.lstore(Emitter.A);
    code.lload(Emitter.A);
    code.invokestatic(
        ConstantDescs.CD_Long,
        "bitCount",
        MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long));
    code.i2l().lstore(Emitter.RESULT);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
    if (needed != 0) {
      oneUnlessZero();
      // PF is clear in any case: the parity of 0 is corrected.
      code.lload(FlagEmitter.OUTCOME).lconst_1().lxor().loadConstant(8).lshl();
      code.lstore(FlagEmitter.CARRY);
      flags.begin(LazyFlags.CANONICAL);
    }
  }
}
