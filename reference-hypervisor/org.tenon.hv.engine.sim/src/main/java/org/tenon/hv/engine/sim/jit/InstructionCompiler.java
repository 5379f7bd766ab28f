package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Insn;

/** Bytecode for the frequent instructions of 64-bit code; every other one calls its handler. */
final class InstructionCompiler {
  private final Emitter emit;
  private final CodeBuilder code;

  InstructionCompiler(Emitter emit) {
    this.emit = emit;
    this.code = emit.code();
  }

  /** Compiles instruction {@code k} of a block. */
  void compile(Insn[] block, int k) {
    Insn insn = block[k];
    boolean memory = insn.dst == Insn.MEMORY || insn.src == Insn.MEMORY;
    if (memory) {
      emit.position(k);
    }
    boolean done =
        switch (insn.definition.name()) {
          case "MOV", "MOVZX" -> move(insn, false);
          case "MOVSX" -> move(insn, true);
          case "LEA" -> lea(insn);
          case "ADD", "SUB", "ADC", "SBB", "AND", "OR", "XOR" -> arithmetic(insn);
          case "CMP", "TEST" -> compare(insn);
          case "INC", "DEC" -> step(insn);
          case "PUSH" -> push(insn, k);
          case "POP" -> pop(insn, k);
          case "Jcc" -> jump(insn);
          case "JMP" -> jumpAlways(insn);
          case "CALL" -> call(insn, k);
          case "CMOVcc" -> conditionalMove(insn);
          case "NOP", "PAUSE", "PREFETCH", "PREFETCHW" -> true;
          default -> false;
        };
    if (!done) {
      emit.position(k);
      emit.handler(k);
      emit.leaveIfAsked(insn, k, k == block.length - 1);
    } else if (insn.dst == Insn.MEMORY || storesToStack(insn)) {
      emit.leaveIfAsked(insn, k, k == block.length - 1);
    }
  }

  private static boolean storesToStack(Insn insn) {
    String name = insn.definition.name();
    return name.equals("PUSH") || name.equals("CALL");
  }

  /** Pushes the second operand. */
  private void source(Insn insn) {
    if (insn.src >= 0) {
      emit.register(insn.src, insn.sourceSize);
    } else if (insn.src == Insn.IMMEDIATE) {
      code.loadConstant(insn.imm);
    } else {
      emit.address(insn);
      emit.load(insn.sourceSize);
    }
  }

  /** Writes the result; to memory at the address in use. */
  private void setDestination(Insn insn, int local) {
    if (insn.dst >= 0) {
      emit.setRegister(insn.dst, insn.size, local);
    } else {
      emit.store(insn.size, local);
    }
  }

  private boolean move(Insn insn, boolean signExtend) {
    source(insn);
    if (signExtend) {
      int unused = 64 - 8 * insn.sourceSize;
      code.loadConstant(unused).lshl().loadConstant(unused).lshr();
    }
    code.lstore(Emitter.RESULT);
    if (insn.dst == Insn.MEMORY) {
      emit.address(insn);
      code.lstore(Emitter.ADDRESS);
    }
    setDestination(insn, Emitter.RESULT);
    return true;
  }

  private boolean lea(Insn insn) {
    emit.offset(insn);
    code.lstore(Emitter.RESULT);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
    return true;
  }

  /** Leaves the first operand in A (to be written back if {@code write}) and the second in B. */
  private void operands(Insn insn, boolean write) {
    if (insn.dst >= 0) {
      emit.register(insn.dst, insn.size);
    } else {
      emit.address(insn);
      if (write) {
        emit.loadForWrite(insn.size);
      } else {
        emit.load(insn.size);
      }
    }
    code.lstore(Emitter.A);
    source(insn);
    code.lstore(Emitter.B);
  }

  private boolean arithmetic(Insn insn) {
    operands(insn, true);
    String name = insn.definition.name();
    code.lload(Emitter.A).lload(Emitter.B);
    switch (name) {
      case "ADD" -> code.ladd();
      case "ADC" -> {
        code.ladd();
        emit.carry();
        code.ladd();
      }
      case "SUB" -> code.lsub();
      case "SBB" -> {
        code.lsub();
        emit.carry();
        code.lsub();
      }
      case "AND" -> code.land();
      case "OR" -> code.lor();
      default -> code.lxor();
    }
    code.lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
    switch (name) {
      case "ADD", "ADC" -> emit.flags3("add", insn.shift);
      case "SUB", "SBB" -> emit.flags3("sub", insn.shift);
      default -> emit.flags1("logic", insn.shift);
    }
    return true;
  }

  private boolean compare(Insn insn) {
    if (insn.dst == Insn.IMMEDIATE) {
      return false;
    }
    operands(insn, false);
    code.lload(Emitter.A).lload(Emitter.B);
    if (insn.definition.name().equals("CMP")) {
      code.lsub().lstore(Emitter.RESULT);
      emit.flags3("sub", insn.shift);
    } else {
      code.land().lstore(Emitter.RESULT);
      emit.flags1("logic", insn.shift);
    }
    return true;
  }

  private boolean step(Insn insn) {
    boolean up = insn.definition.name().equals("INC");
    if (insn.dst >= 0) {
      emit.register(insn.dst, insn.size);
    } else {
      emit.address(insn);
      emit.loadForWrite(insn.size);
    }
    code.loadConstant(up ? 1L : -1L).ladd().lstore(Emitter.RESULT);
    setDestination(insn, Emitter.RESULT);
    emit.flags1(up ? "inc" : "dec", insn.shift);
    return true;
  }

  private boolean push(Insn insn, int k) {
    if (insn.operandSize != 8 || insn.dst == Insn.MEMORY) {
      return false;
    }
    if (insn.dst >= 0) {
      emit.register(insn.dst, 8);
    } else {
      code.loadConstant(insn.imm);
    }
    pushStack(k);
    return true;
  }

  /** Pushes the long on the operand stack to the guest's. */
  private void pushStack(int k) {
    code.lstore(Emitter.RESULT);
    emit.position(k);
    emit.register(Cpu.RSP, 8);
    code.loadConstant(8L).lsub().lstore(Emitter.ADDRESS);
    emit.store(8, Emitter.RESULT);
    emit.setRegister(Cpu.RSP, 8, Emitter.ADDRESS);
  }

  private boolean pop(Insn insn, int k) {
    if (insn.operandSize != 8 || insn.dst < 0) {
      return false;
    }
    emit.position(k);
    emit.register(Cpu.RSP, 8);
    emit.load(8);
    code.lstore(Emitter.RESULT);
    code.lload(Emitter.ADDRESS).loadConstant(8L).ladd().lstore(Emitter.ADDRESS);
    emit.setRegister(Cpu.RSP, 8, Emitter.ADDRESS);
    emit.setRegister(insn.dst, 8, Emitter.RESULT);
    return true;
  }

  private boolean jump(Insn insn) {
    Label on = code.newLabel();
    emit.condition(insn.cc);
    code.ifeq(on);
    emit.setRip(insn.target);
    code.labelBinding(on);
    return true;
  }

  private boolean jumpAlways(Insn insn) {
    emit.setRip(insn.target);
    return true;
  }

  private boolean call(Insn insn, int k) {
    code.loadConstant(insn.next);
    pushStack(k);
    emit.setRip(insn.target);
    return true;
  }

  private boolean conditionalMove(Insn insn) {
    source(insn);
    code.lstore(Emitter.RESULT);
    Label on = code.newLabel();
    emit.condition(insn.cc);
    code.ifne(on);
    emit.register(insn.dst, insn.size);
    code.lstore(Emitter.RESULT);
    code.labelBinding(on);
    emit.setRegister(insn.dst, insn.size, Emitter.RESULT);
    return true;
  }
}
