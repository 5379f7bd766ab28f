package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.Mmu;
import org.tenon.hv.engine.sim.cpu.Segments;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Handler;

/** Pieces of bytecode that instructions are made of: registers, memory, flags, RIP. */
final class Emitter {
  static final ClassDesc CPU = Cpu.class.describeConstable().orElseThrow();
  private static final ClassDesc MMU = Mmu.class.describeConstable().orElseThrow();
  private static final ClassDesc FLAGS = Flags.class.describeConstable().orElseThrow();
  private static final ClassDesc SEGMENTS = Segments.class.describeConstable().orElseThrow();
  private static final ClassDesc HANDLER = Handler.class.describeConstable().orElseThrow();
  private static final ClassDesc INSN = Insn.class.describeConstable().orElseThrow();
  private static final ClassDesc LONGS = ConstantDescs.CD_long.arrayType();
  private static final DirectMethodHandleDesc CLASS_DATA_AT =
      ConstantDescs.ofConstantBootstrap(
          ConstantDescs.CD_MethodHandles,
          "classDataAt",
          ConstantDescs.CD_Object,
          ConstantDescs.CD_int);

  // Local variables: this, the processor, the limit, and what is fetched once.
  private static final int PROCESSOR = 1;
  private static final int END = 2;
  private static final int REGISTERS = 4;
  private static final int MEMORY = 5;
  private static final int FLAG_STATE = 6;

  /** Scratch of one instruction: first and second operand, result, address. */
  static final int A = 7;

  static final int B = 9;
  static final int RESULT = 11;
  static final int ADDRESS = 13;

  private final CodeBuilder code;

  Emitter(CodeBuilder code) {
    this.code = code;
  }

  CodeBuilder code() {
    return code;
  }

  void prologue() {
    code.aload(PROCESSOR).getfield(CPU, "r", LONGS).astore(REGISTERS);
    code.aload(PROCESSOR).getfield(CPU, "mmu", MMU).astore(MEMORY);
    code.aload(PROCESSOR).getfield(CPU, "flags", FLAGS).astore(FLAG_STATE);
  }

  /** Counts the block. */
  void epilogue(int instructions) {
    count(instructions);
    code.return_();
  }

  /** Counts the block, and starts it again if RIP is its own start and it fits once more. */
  void loopEpilogue(int instructions, long rip, Label top) {
    Label out = code.newLabel();
    count(instructions);
    code.aload(PROCESSOR).getfield(CPU, "rip", ConstantDescs.CD_long);
    code.loadConstant(rip).lcmp().ifne(out);
    code.aload(PROCESSOR).getfield(CPU, "retired", ConstantDescs.CD_long);
    code.loadConstant((long) instructions).ladd().lload(END).lcmp().ifle(top);
    code.labelBinding(out).return_();
  }

  private void count(int instructions) {
    code.aload(PROCESSOR).dup().getfield(CPU, "retired", ConstantDescs.CD_long);
    code.loadConstant((long) instructions).ladd();
    code.putfield(CPU, "retired", ConstantDescs.CD_long);
  }

  void setRip(long value) {
    code.aload(PROCESSOR).loadConstant(value).putfield(CPU, "rip", ConstantDescs.CD_long);
  }

  /** Notes which instruction is under way, for what may fault. */
  void position(int k) {
    code.aload(PROCESSOR).loadConstant(k).putfield(CPU, "position", ConstantDescs.CD_int);
  }

  /**
   * Leaves the block after instruction {@code k} if its code may have changed; the last has set RIP
   * already.
   */
  void leaveIfAsked(Insn insn, int k, boolean last) {
    Label on = code.newLabel();
    code.aload(PROCESSOR).getfield(CPU, "leaveBlock", ConstantDescs.CD_boolean).ifeq(on);
    if (!last) {
      setRip(insn.next);
    }
    code.aload(PROCESSOR).loadConstant(k + 1).loadConstant(insn.rip);
    code.invokevirtual(
        CPU,
        "leave",
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_long));
    code.return_().labelBinding(on);
  }

  /** Calls the handler of instruction {@code k}. */
  void handler(int k) {
    code.loadConstant(constant(HANDLER, 2 * k));
    code.aload(PROCESSOR).loadConstant(constant(INSN, 2 * k + 1));
    code.invokeinterface(HANDLER, "execute", MethodTypeDesc.of(ConstantDescs.CD_void, CPU, INSN));
  }

  private static DynamicConstantDesc<?> constant(ClassDesc type, int index) {
    return DynamicConstantDesc.ofNamed(CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type, index);
  }

  /** Pushes a register, zero-extended. */
  void register(int number, int size) {
    if (size >= 4) {
      code.aload(REGISTERS).loadConstant(number).laload();
      if (size == 4) {
        code.loadConstant(0xffffffffL).land();
      }
    } else {
      code.aload(PROCESSOR).loadConstant(number).loadConstant(size);
      code.invokevirtual(
          CPU,
          "register",
          MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_int, ConstantDescs.CD_int));
    }
  }

  /** Writes a local variable to a register. */
  void setRegister(int number, int size, int local) {
    if (size >= 4) {
      code.aload(REGISTERS).loadConstant(number).lload(local);
      if (size == 4) {
        code.loadConstant(0xffffffffL).land();
      }
      code.lastore();
    } else {
      code.aload(PROCESSOR).loadConstant(number).loadConstant(size).lload(local);
      code.invokevirtual(
          CPU,
          "setRegister",
          MethodTypeDesc.of(
              ConstantDescs.CD_void,
              ConstantDescs.CD_int,
              ConstantDescs.CD_int,
              ConstantDescs.CD_long));
    }
  }

  /** Pushes the memory operand's offset. */
  void offset(Insn insn) {
    code.loadConstant(insn.disp);
    if (insn.base != Insn.NO_REGISTER) {
      register(insn.base, 8);
      code.ladd();
    }
    if (insn.index != Insn.NO_REGISTER) {
      register(insn.index, 8);
      if (insn.scale != 0) {
        code.loadConstant(insn.scale).lshl();
      }
      code.ladd();
    }
    if (insn.addressMask != -1) {
      code.loadConstant(insn.addressMask).land();
    }
  }

  /** Pushes the memory operand's linear address; 64-bit code. */
  void address(Insn insn) {
    offset(insn);
    if (insn.segment >= Insn.FS) {
      code.aload(PROCESSOR).getfield(CPU, "segments", SEGMENTS).getfield(SEGMENTS, "flat", LONGS);
      code.loadConstant(insn.segment).laload().ladd();
    }
  }

  /** Pushes what memory holds at the address on the stack. */
  void load(int size) {
    code.lstore(ADDRESS).aload(MEMORY).lload(ADDRESS);
    code.invokevirtual(
        MMU, "load" + 8 * size, MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long));
  }

  /** As {@link #load}, for a value that will be written back to {@link #ADDRESS}. */
  void loadForWrite(int size) {
    code.lstore(ADDRESS).aload(MEMORY).lload(ADDRESS).loadConstant(size);
    code.invokevirtual(
        MMU,
        "loadForWrite",
        MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_int));
  }

  /** Stores a local variable at {@link #ADDRESS}. */
  void store(int size, int local) {
    code.aload(MEMORY).lload(ADDRESS).lload(local);
    code.invokevirtual(
        MMU,
        "store" + 8 * size,
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_long));
  }

  /** Calls a flag method of (a, b, result, shift). */
  void flags3(String method, int shift) {
    code.aload(FLAG_STATE).lload(A).lload(B).lload(RESULT).loadConstant(shift);
    code.invokevirtual(
        FLAGS,
        method,
        MethodTypeDesc.of(
            ConstantDescs.CD_void,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long,
            ConstantDescs.CD_int));
  }

  /** Calls a flag method of (result, shift). */
  void flags1(String method, int shift) {
    code.aload(FLAG_STATE).lload(RESULT).loadConstant(shift);
    code.invokevirtual(
        FLAGS,
        method,
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_int));
  }

  /** Pushes CF as a long. */
  void carry() {
    code.aload(FLAG_STATE).getfield(FLAGS, "carry", ConstantDescs.CD_long);
    code.loadConstant(63).lushr();
  }

  /** Pushes whether a condition holds, as an int. */
  void condition(int cc) {
    code.aload(FLAG_STATE).loadConstant(cc);
    code.invokevirtual(
        FLAGS, "condition", MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_int));
  }
}
