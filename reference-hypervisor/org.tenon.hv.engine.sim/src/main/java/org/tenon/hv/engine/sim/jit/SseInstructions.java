package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.decode.Operand;
import org.tenon.hv.engine.sim.simd.FloatUnit;

/** Bytecode for packed and scalar instructions on XMM registers, which stay in their array. */
final class SseInstructions {
  private static final ClassDesc VECTORS = VectorOperations.class.describeConstable().orElseThrow();
  private static final ClassDesc OPERATION = FloatUnit.Op.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc OF_TWO =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long);
  private static final MethodTypeDesc CHECK = MethodTypeDesc.of(ConstantDescs.CD_void, Emitter.CPU);

  private static final Set<String> WHOLE =
      Set.of("MOVDQA", "MOVDQU", "MOVAPS", "MOVAPD", "MOVUPS", "MOVUPD", "LDDQU");

  /** Moves of 4 or 8 bytes. */
  private static final Map<String, Integer> SCALAR =
      Map.of("MOVSS", 4, "MOVSD", 8, "MOVSS.store", 4, "MOVSD.store", 8);

  /** Operations that treat both halves alike, with the method that does one. */
  private static final Map<String, String> HALVES =
      Map.ofEntries(
          Map.entry("PXOR", "xor"),
          Map.entry("XORPS", "xor"),
          Map.entry("XORPD", "xor"),
          Map.entry("PAND", "and"),
          Map.entry("ANDPS", "and"),
          Map.entry("ANDPD", "and"),
          Map.entry("POR", "or"),
          Map.entry("ORPS", "or"),
          Map.entry("ORPD", "or"),
          Map.entry("PANDN", "andNot"),
          Map.entry("ANDNPS", "andNot"),
          Map.entry("ANDNPD", "andNot"),
          Map.entry("PADDB", "addBytes"),
          Map.entry("PSUBB", "subtractBytes"),
          Map.entry("PADDW", "addWords"),
          Map.entry("PADDD", "addDoublewords"),
          Map.entry("PSUBD", "subtractDoublewords"),
          Map.entry("PADDQ", "addQuadwords"),
          Map.entry("PSUBQ", "subtractQuadwords"),
          Map.entry("PMULUDQ", "multiplyDoublewords"),
          Map.entry("PCMPEQB", "equalBytes"),
          Map.entry("PCMPEQD", "equalDoublewords"));

  /** Interleavings, with the method that makes one half, and which halves it is made of. */
  private static final Map<String, String> UNPACK =
      Map.of(
          "PUNPCKLBW", "interleaveBytes",
          "PUNPCKHBW", "interleaveBytes",
          "PUNPCKLWD", "interleaveWords",
          "PUNPCKHWD", "interleaveWords",
          "PUNPCKLDQ", "interleaveDoublewords",
          "PUNPCKHDQ", "interleaveDoublewords",
          "UNPCKLPS", "interleaveDoublewords",
          "UNPCKHPS", "interleaveDoublewords");

  private static final Set<String> UNPACK_QUADWORDS =
      Set.of("PUNPCKLQDQ", "PUNPCKHQDQ", "UNPCKLPD", "UNPCKHPD");

  private static final Map<String, String> SHIFTS =
      Map.of(
          "PSLLD.imm", "shiftDoublewordsLeft",
          "PSRLD.imm", "shiftDoublewordsRight",
          "PSLLQ.imm", "shiftQuadwordsLeft",
          "PSRLQ.imm", "shiftQuadwordsRight");

  private static final Map<String, FloatUnit.Op> FLOATS =
      Map.of(
          "ADD", FloatUnit.Op.ADD,
          "SUB", FloatUnit.Op.SUB,
          "MUL", FloatUnit.Op.MUL,
          "DIV", FloatUnit.Op.DIV);

  // Scratch: the source's halves and the destination's.
  private static final int LOW = Emitter.A;
  private static final int HIGH = Emitter.B;
  private static final int OLD_LOW = Emitter.RESULT;
  private static final int OLD_HIGH = Emitter.HIGH;

  private final Emitter emit;
  private final CodeBuilder code;

  /** Whether the code so far has found SSE enabled in this block. */
  private boolean checked;

  SseInstructions(Emitter emit) {
    this.emit = emit;
    this.code = emit.code();
  }

  static boolean covers(Insn insn) {
    String name = insn.definition.name();
    return insn.definition.has("sse")
        && (WHOLE.contains(name)
            || SCALAR.containsKey(name)
            || HALVES.containsKey(name)
            || UNPACK.containsKey(name)
            || UNPACK_QUADWORDS.contains(name)
            || SHIFTS.containsKey(name)
            || floating(name) != null
            || switch (name) {
              case "MOVQ", "MOVQ.store", "MOVD", "MOVD.store", "PSHUFD" -> true;
              case "MOVLPD", "MOVHPD", "MOVLPS", "MOVHPS", "MOVLPS.store", "MOVHPS.store" ->
                  insn.rm == Insn.MEMORY;
              default -> false;
            });
  }

  private static FloatUnit.@Nullable Op floating(String name) {
    return name.length() == 5 && (name.endsWith("SD") || name.endsWith("PD"))
        ? FLOATS.get(name.substring(0, 3))
        : null;
  }

  /** What was checked need not hold any more. */
  void forget() {
    checked = false;
  }

  /** Emits an instruction; false if it is of another group. */
  boolean compile(Insn insn) {
    if (!covers(insn)) {
      return false;
    }
    if (!checked) {
      code.aload(Emitter.PROCESSOR).invokestatic(VECTORS, "requireSse", CHECK);
      checked = true;
    }
    String name = insn.definition.name();
    if (WHOLE.contains(name)) {
      whole(insn);
    } else if (SCALAR.containsKey(name)) {
      scalar(insn, SCALAR.get(name));
    } else if (HALVES.containsKey(name)) {
      halves(insn, HALVES.get(name));
    } else if (UNPACK.containsKey(name)) {
      unpack(insn, UNPACK.get(name));
    } else if (UNPACK_QUADWORDS.contains(name)) {
      unpackQuadwords(insn);
    } else if (SHIFTS.containsKey(name)) {
      shift(insn, SHIFTS.get(name));
    } else {
      other(insn, name);
    }
    return true;
  }

  private void other(Insn insn, String name) {
    FloatUnit.Op operation = floating(name);
    if (operation != null) {
      arithmetic(insn, operation, name.endsWith("PD"));
      return;
    }
    switch (name) {
      case "PSHUFD" -> shuffle(insn);
      case "MOVQ" -> {
        low(insn, 8);
        setWhole(insn.reg);
      }
      case "MOVD" -> {
        if (insn.src >= 0) {
          emit.register(insn.src, insn.sourceSize);
        } else {
          emit.address(insn);
          emit.load(insn.sourceSize);
        }
        code.lstore(LOW);
        setWhole(insn.reg);
      }
      case "MOVD.store" -> {
        half(2 * insn.reg, LOW);
        if (insn.dst >= 0) {
          emit.setRegister(insn.dst, insn.size, LOW);
        } else {
          emit.address(insn);
          emit.store(insn.size, LOW);
        }
      }
      case "MOVQ.store" -> {
        half(2 * insn.reg, LOW);
        if (insn.rm >= 0) {
          setWhole(insn.rm);
        } else {
          emit.address(insn);
          emit.store(8, LOW);
        }
      }
      default -> moveHalf(insn, name);
    }
  }

  /** MOVLPD and its kin, between memory and one half. */
  private void moveHalf(Insn insn, String name) {
    int element = 2 * insn.reg + (name.startsWith("MOVH") ? 1 : 0);
    emit.address(insn);
    if (name.endsWith(".store")) {
      half(element, LOW);
      emit.store(8, LOW);
    } else {
      emit.load(8);
      code.lstore(LOW);
      setHalf(element, LOW);
    }
  }

  /** Fetches half a register. */
  private void half(int element, int into) {
    code.aload(Emitter.XMM).loadConstant(element).laload().lstore(into);
  }

  private void setHalf(int element, int from) {
    code.aload(Emitter.XMM).loadConstant(element).lload(from).lastore();
  }

  /** Writes LOW to a register and clears its upper half. */
  private void setWhole(int register) {
    setHalf(2 * register, LOW);
    code.aload(Emitter.XMM).loadConstant(2 * register + 1).lconst_0().lastore();
  }

  /** The source's low bytes, zero-extended, into LOW. */
  private void low(Insn insn, int size) {
    if (insn.rm >= 0) {
      half(2 * insn.rm, LOW);
    } else {
      emit.address(insn);
      emit.load(size);
      code.lstore(LOW);
    }
  }

  /** The source's halves into LOW and HIGH. */
  private void source(Insn insn) {
    if (insn.rm >= 0) {
      half(2 * insn.rm, LOW);
      half(2 * insn.rm + 1, HIGH);
      return;
    }
    emit.address(insn);
    requireAligned(insn);
    emit.load(8);
    code.lstore(LOW);
    code.lload(Emitter.ADDRESS).loadConstant(8L).ladd().lstore(Emitter.ADDRESS);
    emit.load(8);
    code.lstore(HIGH);
  }

  private void requireAligned(Insn insn) {
    if (insn.aligned) {
      code.aload(Emitter.PROCESSOR).lload(Emitter.ADDRESS);
      code.invokestatic(
          VECTORS,
          "requireAligned",
          MethodTypeDesc.of(ConstantDescs.CD_void, Emitter.CPU, ConstantDescs.CD_long));
    }
  }

  private void whole(Insn insn) {
    if (insn.definition.operands().get(0).kind() == Operand.Kind.V) {
      source(insn);
      setHalf(2 * insn.reg, LOW);
      setHalf(2 * insn.reg + 1, HIGH);
      return;
    }
    half(2 * insn.reg, LOW);
    half(2 * insn.reg + 1, HIGH);
    if (insn.rm >= 0) {
      setHalf(2 * insn.rm, LOW);
      setHalf(2 * insn.rm + 1, HIGH);
    } else {
      emit.address(insn);
      requireAligned(insn);
      code.aload(Emitter.PROCESSOR).lload(Emitter.ADDRESS).lload(LOW).lload(HIGH);
      code.invokestatic(
          VECTORS,
          "store",
          MethodTypeDesc.of(
              ConstantDescs.CD_void,
              Emitter.CPU,
              ConstantDescs.CD_long,
              ConstantDescs.CD_long,
              ConstantDescs.CD_long));
    }
  }

  /** From memory the rest of the register is cleared, from a register it stays. */
  private void scalar(Insn insn, int size) {
    boolean store = insn.definition.name().endsWith(".store");
    if (store && insn.rm < 0) {
      half(2 * insn.reg, LOW);
      emit.address(insn);
      emit.store(size, LOW);
      return;
    }
    int to = store ? insn.rm : insn.reg;
    if (store) {
      half(2 * insn.reg, LOW);
    } else {
      low(insn, size);
    }
    if (insn.rm < 0) {
      setWhole(to);
    } else if (size == 8) {
      setHalf(2 * to, LOW);
    } else {
      half(2 * to, OLD_LOW);
      code.lload(OLD_LOW).loadConstant(~0xffffffffL).land();
      code.lload(LOW).loadConstant(0xffffffffL).land().lor().lstore(LOW);
      setHalf(2 * to, LOW);
    }
  }

  private void halves(Insn insn, String method) {
    source(insn);
    for (int h = 0; h < 2; h++) {
      code.aload(Emitter.XMM).loadConstant(2 * insn.reg + h).dup2().laload();
      code.lload(h == 0 ? LOW : HIGH);
      code.invokestatic(VECTORS, method, OF_TWO).lastore();
    }
  }

  private void unpack(Insn insn, String method) {
    source(insn);
    boolean upper =
        insn.definition.name().startsWith("PUNPCKH") || insn.definition.name().startsWith("UNPCKH");
    half(2 * insn.reg + (upper ? 1 : 0), OLD_LOW);
    int from = upper ? HIGH : LOW;
    for (int h = 0; h < 2; h++) {
      code.aload(Emitter.XMM).loadConstant(2 * insn.reg + h);
      for (int each : new int[] {OLD_LOW, from}) {
        code.lload(each);
        if (h == 0) {
          code.loadConstant(0xffffffffL).land();
        } else {
          code.loadConstant(32).lushr();
        }
      }
      code.invokestatic(VECTORS, method, OF_TWO).lastore();
    }
  }

  private void unpackQuadwords(Insn insn) {
    source(insn);
    if (insn.definition.name().contains("CKH")) {
      half(2 * insn.reg + 1, OLD_HIGH);
      setHalf(2 * insn.reg, OLD_HIGH);
      setHalf(2 * insn.reg + 1, HIGH);
    } else {
      setHalf(2 * insn.reg + 1, LOW);
    }
  }

  private void shift(Insn insn, String method) {
    long count = Math.min(insn.imm & 0xff, 64);
    for (int h = 0; h < 2; h++) {
      code.aload(Emitter.XMM).loadConstant(2 * insn.rm + h).dup2().laload();
      code.loadConstant(count).invokestatic(VECTORS, method, OF_TWO).lastore();
    }
  }

  private void shuffle(Insn insn) {
    source(insn);
    for (int h = 0; h < 2; h++) {
      code.aload(Emitter.XMM).loadConstant(2 * insn.reg + h);
      doubleword(insn.imm2 >> 4 * h & 3);
      doubleword(insn.imm2 >> 4 * h + 2 & 3);
      code.loadConstant(32).lshl().lor().lastore();
    }
  }

  /** Pushes one of the source's four. */
  private void doubleword(int number) {
    code.lload(number < 2 ? LOW : HIGH);
    if ((number & 1) == 0) {
      code.loadConstant(0xffffffffL).land();
    } else {
      code.loadConstant(32).lushr();
    }
  }

  @SuppressWarnings("EnumOrdinal") // compiled code names the operation by its number
  private void arithmetic(Insn insn, FloatUnit.Op operation, boolean packed) {
    if (packed) {
      source(insn);
    } else {
      low(insn, 8);
    }
    code.aload(Emitter.PROCESSOR).getstatic(OPERATION, operation.name(), OPERATION);
    code.loadConstant(2 * insn.reg);
    code.lload(LOW);
    MethodTypeDesc type =
        MethodTypeDesc.of(
            ConstantDescs.CD_void,
            Emitter.CPU,
            OPERATION,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long);
    if (packed) {
      code.lload(HIGH);
      type = type.insertParameterTypes(4, ConstantDescs.CD_long);
    }
    code.invokestatic(VECTORS, packed ? "packed64" : "scalar64", type);
  }
}
