package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
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

/**
 * Pieces of bytecode that instructions are made of: registers and memory. General registers are
 * local variables; what calls for them in their array is told by {@link #storeRegisters} and {@link
 * #loadRegisters}.
 */
final class Emitter {
  static final ClassDesc CPU = Cpu.class.describeConstable().orElseThrow();
  static final ClassDesc FLAGS = Flags.class.describeConstable().orElseThrow();
  static final ClassDesc CODE = RegionCode.class.describeConstable().orElseThrow();
  private static final ClassDesc MMU = Mmu.class.describeConstable().orElseThrow();
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

  // Parameters and local variables. LEFT counts the budget down, END is the retired count at 0.
  static final int PROCESSOR = 1;
  static final int SELF = 2;
  static final int LEFT = 3;
  static final int END = 4;
  private static final int REGISTER_0 = 6;
  static final int POSITION = 38;
  private static final int MEMORY = 39;
  private static final int ARRAY = 40;
  static final int XMM = 41;
  static final int THROWN = 42;
  static final int TARGET = 43;

  /** Scratch of one instruction: first and second operand, result, address. */
  static final int A = 45;

  static final int B = 47;
  static final int RESULT = 49;
  static final int ADDRESS = 51;
  static final int HIGH = 53;

  /** The first variable that {@link FlagEmitter} uses. */
  static final int FLAG_VARIABLES = 55;

  private final CodeBuilder code;
  private final int used;

  /**
   * Emits to {@code code}.
   *
   * @param used the general registers that the region touches, as a set of bits
   */
  Emitter(CodeBuilder code, int used) {
    this.code = code;
    this.used = used;
  }

  CodeBuilder code() {
    return code;
  }

  static int local(int register) {
    return REGISTER_0 + 2 * register;
  }

  void prologue() {
    code.aload(PROCESSOR).getfield(CPU, "r", LONGS).astore(ARRAY);
    code.aload(PROCESSOR).getfield(CPU, "xmm", LONGS).astore(XMM);
    code.aload(PROCESSOR).getfield(CPU, "mmu", MMU).astore(MEMORY);
    code.aload(PROCESSOR).getfield(CPU, "retired", ConstantDescs.CD_long);
    code.iload(LEFT).i2l().ladd().lstore(END);
    code.iconst_0().istore(POSITION);
    code.lconst_0().lstore(TARGET);
    loadRegisters();
  }

  /** Fetches the registers that the region uses from their array. */
  void loadRegisters() {
    for (int r = 0; r < 16; r++) {
      if ((used >> r & 1) != 0) {
        code.aload(ARRAY).loadConstant(r).laload().lstore(local(r));
      }
    }
  }

  /** Puts the registers that the region uses back into their array. */
  void storeRegisters() {
    for (int r = 0; r < 16; r++) {
      if ((used >> r & 1) != 0) {
        storeRegister(r);
      }
    }
  }

  /** Puts one register back. */
  void storeRegister(int r) {
    code.aload(ARRAY).loadConstant(r).lload(local(r)).lastore();
  }

  void setRip(long value) {
    code.aload(PROCESSOR).loadConstant(value).putfield(CPU, "rip", ConstantDescs.CD_long);
  }

  /** Notes which place is reached, for what may fault. */
  void position(int place) {
    code.loadConstant(place).istore(POSITION);
  }

  /** Pushes the retired count that all of the budget taken so far amounts to. */
  void retired() {
    code.lload(END).iload(LEFT).i2l().lsub();
  }

  /** Calls the handler of the instruction whose class data begin at {@code constant}. */
  void handler(int constant) {
    code.loadConstant(constant(HANDLER, constant));
    code.aload(PROCESSOR).loadConstant(constant(INSN, constant + 1));
    code.invokeinterface(HANDLER, "execute", MethodTypeDesc.of(ConstantDescs.CD_void, CPU, INSN));
  }

  private static DynamicConstantDesc<?> constant(ClassDesc type, int index) {
    return DynamicConstantDesc.ofNamed(CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type, index);
  }

  /** Pushes a register, zero-extended. */
  void register(int number, int size) {
    if (size == 1 && number >= Insn.HIGH_BYTE) {
      code.lload(local(number - Insn.HIGH_BYTE)).loadConstant(8).lushr();
    } else {
      code.lload(local(number));
    }
    zeroExtend(size);
  }

  /** Clears what lies above an operand's size on top of the stack. */
  void zeroExtend(int size) {
    if (size < 8) {
      code.loadConstant((1L << 8 * size) - 1).land();
    }
  }

  /** Sign-extends the top of the stack from an operand's size. */
  void signExtend(int size) {
    if (size == 4) {
      code.l2i().i2l();
    } else if (size == 2) {
      code.l2i().i2s().i2l();
    } else if (size == 1) {
      code.l2i().i2b().i2l();
    }
  }

  /** Writes a local variable to a register. */
  void setRegister(int number, int size, int from) {
    if (size >= 4) {
      code.lload(from);
      zeroExtend(size);
      code.lstore(local(number));
      return;
    }
    boolean high = size == 1 && number >= Insn.HIGH_BYTE;
    int to = local(high ? number - Insn.HIGH_BYTE : number);
    long mask = (1L << 8 * size) - 1;
    code.lload(to).loadConstant(high ? ~(mask << 8) : ~mask).land();
    code.lload(from).loadConstant(mask).land();
    if (high) {
      code.loadConstant(8).lshl();
    }
    code.lor().lstore(to);
  }

  /** Pushes the memory operand's offset. */
  void offset(Insn insn) {
    boolean any = false;
    if (insn.base != Insn.NO_REGISTER) {
      code.lload(local(insn.base));
      any = true;
    }
    if (insn.index != Insn.NO_REGISTER) {
      code.lload(local(insn.index));
      if (insn.scale != 0) {
        code.loadConstant(insn.scale).lshl();
      }
      if (any) {
        code.ladd();
      }
      any = true;
    }
    if (insn.disp != 0 || !any) {
      code.loadConstant(insn.disp);
      if (any) {
        code.ladd();
      }
    }
    if (insn.addressMask != -1) {
      code.loadConstant(insn.addressMask).land();
    }
  }

  /** Leaves the memory operand's linear address in {@link #ADDRESS}. */
  void address(Insn insn) {
    offset(insn);
    if (insn.segment >= Insn.FS) {
      code.aload(PROCESSOR).getfield(CPU, "segments", SEGMENTS).getfield(SEGMENTS, "flat", LONGS);
      code.loadConstant(insn.segment).laload().ladd();
    }
    code.lstore(ADDRESS);
  }

  /** Pushes what memory holds at {@link #ADDRESS}. */
  void load(int size) {
    code.aload(MEMORY).lload(ADDRESS);
    code.invokevirtual(
        MMU, "load" + 8 * size, MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long));
  }

  /** Pushes what memory holds at {@link #ADDRESS}, which will be written. */
  void loadForWrite(int size) {
    code.aload(MEMORY).lload(ADDRESS).loadConstant(size);
    code.invokevirtual(
        MMU,
        "loadForWrite",
        MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_int));
  }

  /** Writes a local variable to memory at {@link #ADDRESS}. */
  void store(int size, int from) {
    code.aload(MEMORY).lload(ADDRESS).lload(from);
    code.invokevirtual(
        MMU,
        "store" + 8 * size,
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_long));
  }

  /** Calls a static helper of {@link Operations} whose arguments lie on the stack. */
  void operation(String name, MethodTypeDesc type) {
    code.invokestatic(OPERATIONS, name, type);
  }

  private static final ClassDesc OPERATIONS = Operations.class.describeConstable().orElseThrow();
}
