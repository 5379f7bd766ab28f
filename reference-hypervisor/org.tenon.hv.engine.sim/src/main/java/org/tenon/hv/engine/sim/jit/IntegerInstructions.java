package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Bytecode for integer instructions but those of {@link BitInstructions}. Every access to memory
 * comes before the first change of a variable that stands for the guest's state: an access that
 * throws leaves the instruction undone.
 */
final class IntegerInstructions {
  private static final MethodTypeDesc DIVIDE =
      MethodTypeDesc.of(
          ConstantDescs.CD_long,
          Emitter.CPU,
          ConstantDescs.CD_long,
          ConstantDescs.CD_long,
          ConstantDescs.CD_long);
  private static final MethodTypeDesc OF_TWO =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long);

  private final Emitter emit;
  private final FlagEmitter flags;
  private final CodeBuilder code;

  IntegerInstructions(Emitter emit, FlagEmitter flags) {
    this.emit = emit;
    this.flags = flags;
    this.code = emit.code();
  }

  /**
   * Emits an instruction; false if it is of another group.
   *
   * @param needed the flags that somebody may see afterwards
   */
  boolean compile(Insn insn, int needed) {
    switch (insn.definition.name()) {
      case "MOV", "MOVZX" -> move(insn, false);
      case "MOVSX" -> move(insn, true);
      case "LEA" -> lea(insn);
      case "XCHG" -> exchange(insn);
      case "ADD", "SUB", "ADC", "SBB", "AND", "OR", "XOR" -> arithmetic(insn, needed);
      case "CMP", "TEST" -> compare(insn, needed);
      case "INC", "DEC" -> step(insn, needed);
      case "NEG" -> negate(insn, needed);
      case "NOT" -> not(insn);
      case "XADD" -> exchangeAdd(insn, needed);
      case "CMPXCHG" -> compareExchange(insn, needed);
      case "IMUL", "IMUL.three" -> multiply(insn, needed);
      case "MUL", "IMUL.one" -> multiplyWide(insn, needed);
      case "DIV" -> divide(insn);
      case "CBW" -> widen(insn);
      case "CWD" -> spreadSign(insn);
      case "PUSH" -> push(insn);
      case "POP" -> pop(insn);
      case "LEAVE" -> leave();
      case "SETcc" -> setIf(insn);
      case "CMOVcc" -> moveIf(insn);
      case "NOP", "PAUSE", "PREFETCH", "PREFETCHW", "LFENCE", "MFENCE", "SFENCE" -> {}
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Pushes the second operand. */
  void source(Insn insn) {
    if (insn.src >= 0) {
      emit.register(insn.src, insn.sourceSize);
    } else if (insn.src == Insn.IMMEDIATE) {
      code.loadConstant(insn.imm);
    } else {
      emit.address(insn);
      emit.load(insn.sourceSize);
    }
  }

  /** Pushes the first operand. */
  void destination(Insn insn, boolean willBeWritten) {
    if (insn.dst >= 0) {
      emit.register(insn.dst, insn.size);
      return;
    }
    emit.address(insn);
    if (willBeWritten) {
      emit.loadForWrite(insn.size);
    } else {
      emit.load(insn.size);
    }
  }

  /** Writes the result; to memory at the address in use. */
  void setDestination(Insn insn, int from) {
    if (insn.dst >= 0) {
      emit.setRegister(insn.dst, insn.size, from);
    } else {
      emit.store(insn.size, from);
    }
  }

  private void move(Insn insn, boolean signExtend) {
    source(insn);
    if (signExtend) {
      emit.signExtend(insn.sourceSize);
    }
    code.lstore(Emitter.RESULT);
    if (insn.dst == Insn.MEMORY) {
      emit.address(insn);
    }
    setDestination(insn, Emitter.RESULT);
  }

  private void lea(Insn insn) {
    emit.offset(insn);
    code.lstore(Emitter.RESULT);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
  }

  private void exchange(Insn insn) {
    if (insn.definition.opcodes() == 8 && insn.dst == insn.src) {
      return; // 90: not even the upper half of RAX is cleared
    }
    destination(insn, true);
    code.lstore(Emitter.A);
    emit.register(insn.src, insn.size);
    code.lstore(Emitter.B);
    setDestination(insn, Emitter.B);
    emit.setRegister(insn.src, insn.size, Emitter.A);
  }

  /** Leaves the first operand in A and the second in B. */
  private void operands(Insn insn, boolean write) {
    destination(insn, write);
    code.lstore(Emitter.A);
    source(insn);
    code.lstore(Emitter.B);
  }

  private void arithmetic(Insn insn, int needed) {
    operands(insn, true);
    String name = insn.definition.name();
    code.lload(Emitter.A).lload(Emitter.B);
    int kind =
        switch (name) {
          case "ADD" -> {
            code.ladd();
            yield LazyFlags.ADD;
          }
          case "ADC" -> {
            code.ladd();
            flags.carryFlag();
            code.ladd();
            yield LazyFlags.ADC;
          }
          case "SUB" -> {
            code.lsub();
            yield LazyFlags.SUB;
          }
          case "SBB" -> {
            code.lsub();
            flags.carryFlag();
            code.lsub();
            yield LazyFlags.SBB;
          }
          case "AND" -> {
            code.land();
            yield LazyFlags.LOGIC;
          }
          case "OR" -> {
            code.lor();
            yield LazyFlags.LOGIC;
          }
          default -> {
            code.lxor();
            yield LazyFlags.LOGIC;
          }
        };
    code.lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
    derive(kind, insn, needed);
  }

  private void derive(int kind, Insn insn, int needed) {
    if (needed == 0) {
      return;
    }
    if (kind == LazyFlags.LOGIC) {
      flags.deriveFromResult(kind, insn.shift);
    } else {
      flags.derive(kind, insn.shift);
    }
  }

  private void compare(Insn insn, int needed) {
    operands(insn, false);
    code.lload(Emitter.A).lload(Emitter.B);
    boolean subtract = insn.definition.name().equals("CMP");
    if (subtract) {
      code.lsub();
    } else {
      code.land();
    }
    code.lstore(Emitter.RESULT);
    derive(subtract ? LazyFlags.SUB : LazyFlags.LOGIC, insn, needed);
  }

  private void step(Insn insn, int needed) {
    boolean up = insn.definition.name().equals("INC");
    destination(insn, true);
    code.loadConstant(up ? 1L : -1L).ladd().lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
    if (needed != 0) {
      if ((needed & FlagUse.CF) != 0) {
        flags.holdCarry();
      }
      flags.deriveFromResult(up ? LazyFlags.INC : LazyFlags.DEC, insn.shift);
    }
  }

  private void negate(Insn insn, int needed) {
    destination(insn, true);
    code.lstore(Emitter.B);
    code.lconst_0().lstore(Emitter.A);
    code.lload(Emitter.B).lneg().lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
    derive(LazyFlags.SUB, insn, needed);
  }

  private void not(Insn insn) {
    destination(insn, true);
    code.loadConstant(-1L).lxor().lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
  }

  private void exchangeAdd(Insn insn, int needed) {
    operands(insn, true);
    code.lload(Emitter.A).lload(Emitter.B).ladd().lstore(Emitter.RESULT);
    if (insn.dst >= 0) {
      emit.setRegister(insn.src, insn.size, Emitter.A);
      setDestination(insn, Emitter.RESULT);
    } else {
      setDestination(insn, Emitter.RESULT);
      emit.setRegister(insn.src, insn.size, Emitter.A);
    }
    derive(LazyFlags.ADD, insn, needed);
  }

  private void compareExchange(Insn insn, int needed) {
    destination(insn, true);
    code.lstore(Emitter.B);
    emit.register(Cpu.RAX, insn.size);
    code.lstore(Emitter.A);
    code.lload(Emitter.A).lload(Emitter.B).lsub().lstore(Emitter.RESULT);
    Label differ = code.newLabel();
    Label done = code.newLabel();
    code.lload(Emitter.RESULT).lconst_0().lcmp().ifne(differ);
    source(insn);
    code.lstore(Emitter.HIGH);
    setDestination(insn, Emitter.HIGH);
    code.goto_(done).labelBinding(differ);
    if (insn.dst < 0) {
      setDestination(insn, Emitter.B); // memory is written in any case
    }
    emit.setRegister(Cpu.RAX, insn.size, Emitter.B);
    code.labelBinding(done);
    derive(LazyFlags.SUB, insn, needed);
  }

  private void multiply(Insn insn, int needed) {
    boolean three = insn.definition.name().equals("IMUL.three");
    if (three) {
      source(insn);
    } else {
      destination(insn, false);
    }
    emit.signExtend(insn.size);
    code.lstore(Emitter.A);
    if (three) {
      code.loadConstant((long) insn.imm2);
    } else {
      source(insn);
      emit.signExtend(insn.size);
    }
    code.lstore(Emitter.B);
    code.lload(Emitter.A).lload(Emitter.B).lmul().lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
    derive(LazyFlags.IMUL, insn, needed);
  }

  /** MUL and IMUL to RDX:RAX. */
  private void multiplyWide(Insn insn, int needed) {
    boolean signed = insn.definition.name().equals("IMUL.one");
    destination(insn, false);
    if (signed) {
      emit.signExtend(insn.size);
    }
    code.lstore(Emitter.B);
    emit.register(Cpu.RAX, insn.size);
    if (signed) {
      emit.signExtend(insn.size);
    }
    code.lstore(Emitter.A);
    code.lload(Emitter.A).lload(Emitter.B).lmul().lstore(Emitter.RESULT);
    if (insn.size == 8) {
      code.lload(Emitter.A).lload(Emitter.B);
      String high = signed ? "multiplyHigh" : "unsignedMultiplyHigh";
      code.invokestatic(Math.class.describeConstable().orElseThrow(), high, OF_TWO);
    } else {
      code.lload(Emitter.RESULT).loadConstant(32).lushr();
    }
    code.lstore(Emitter.HIGH);
    emit.setRegister(Cpu.RAX, insn.size, Emitter.RESULT);
    emit.setRegister(Cpu.RDX, insn.size, Emitter.HIGH);
    if (!signed) {
      code.lload(Emitter.HIGH).lstore(Emitter.A);
    }
    derive(signed ? LazyFlags.IMUL : LazyFlags.MUL, insn, needed);
  }

  private void divide(Insn insn) {
    destination(insn, false);
    code.lstore(Emitter.B);
    code.aload(Emitter.PROCESSOR);
    emit.register(Cpu.RDX, insn.size);
    emit.register(Cpu.RAX, insn.size);
    code.lload(Emitter.B);
    emit.operation(insn.size == 8 ? "divide64" : "divide32", DIVIDE);
    code.lstore(Emitter.RESULT);
    // The remainder fits, so that the dividend's lower half is enough to find it.
    emit.register(Cpu.RAX, insn.size);
    code.lload(Emitter.RESULT).lload(Emitter.B).lmul().lsub().lstore(Emitter.HIGH);
    emit.setRegister(Cpu.RAX, insn.size, Emitter.RESULT);
    emit.setRegister(Cpu.RDX, insn.size, Emitter.HIGH);
  }

  private void widen(Insn insn) {
    emit.register(Cpu.RAX, insn.size / 2);
    emit.signExtend(insn.size / 2);
    code.lstore(Emitter.RESULT);
    emit.setRegister(Cpu.RAX, insn.size, Emitter.RESULT);
  }

  private void spreadSign(Insn insn) {
    emit.register(Cpu.RAX, 8);
    if (insn.shift != 0) {
      code.loadConstant(insn.shift).lshl();
    }
    code.loadConstant(63).lshr().lstore(Emitter.RESULT);
    emit.setRegister(Cpu.RDX, insn.size, Emitter.RESULT);
  }

  private void push(Insn insn) {
    if (insn.dst == Insn.IMMEDIATE) {
      code.loadConstant(insn.imm);
    } else {
      destination(insn, false);
    }
    code.lstore(Emitter.RESULT);
    pushResult();
  }

  /** Pushes the scratch variable RESULT on the guest's stack. */
  void pushResult() {
    int sp = Emitter.local(Cpu.RSP);
    code.lload(sp).loadConstant(8L).lsub().lstore(Emitter.ADDRESS);
    emit.store(8, Emitter.RESULT);
    code.lload(Emitter.ADDRESS).lstore(sp);
  }

  private void pop(Insn insn) {
    popResult(8);
    code.lload(Emitter.RESULT).lstore(Emitter.local(insn.dst));
  }

  /** Pops into the scratch variable RESULT, and {@code bytes} in all. */
  void popResult(long bytes) {
    int sp = Emitter.local(Cpu.RSP);
    code.lload(sp).lstore(Emitter.ADDRESS);
    emit.load(8);
    code.lstore(Emitter.RESULT);
    code.lload(Emitter.ADDRESS).loadConstant(bytes).ladd().lstore(sp);
  }

  private void leave() {
    code.lload(Emitter.local(Cpu.RBP)).lstore(Emitter.ADDRESS);
    emit.load(8);
    code.lstore(Emitter.local(Cpu.RBP));
    code.lload(Emitter.ADDRESS).loadConstant(8L).ladd().lstore(Emitter.local(Cpu.RSP));
  }

  private void setIf(Insn insn) {
    Label holds = code.newLabel();
    Label done = code.newLabel();
    flags.jumpIf(insn.cc, holds);
    code.lconst_0().lstore(Emitter.RESULT).goto_(done);
    code.labelBinding(holds).lconst_1().lstore(Emitter.RESULT);
    code.labelBinding(done);
    if (insn.dst == Insn.MEMORY) {
      emit.address(insn);
    }
    setDestination(insn, Emitter.RESULT);
  }

  private void moveIf(Insn insn) {
    source(insn);
    code.lstore(Emitter.RESULT);
    Label holds = code.newLabel();
    flags.jumpIf(insn.cc, holds);
    emit.register(insn.dst, insn.size);
    code.lstore(Emitter.RESULT);
    code.labelBinding(holds);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
  }
}
