package org.tenon.hv.engine.sim.jit;

import java.util.Set;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.decode.Operand;

/** Which instructions are emitted as bytecode, and what the others touch. */
final class NativeForms {
  private static final Set<String> ALWAYS =
      Set.of(
          "MOV",
          "MOVZX",
          "MOVSX",
          "LEA",
          "XCHG",
          "ADD",
          "ADC",
          "SUB",
          "SBB",
          "CMP",
          "AND",
          "OR",
          "XOR",
          "TEST",
          "NOT",
          "NEG",
          "INC",
          "DEC",
          "XADD",
          "CMPXCHG",
          "IMUL",
          "IMUL.three",
          "SHL",
          "SHR",
          "SAR",
          "BSF",
          "BSR",
          "POPCNT",
          "SETcc",
          "CMOVcc",
          "CBW",
          "CWD",
          "CLC",
          "STC",
          "CMC",
          "NOP",
          "PAUSE",
          "PREFETCH",
          "PREFETCHW",
          "LFENCE",
          "MFENCE",
          "SFENCE",
          "Jcc",
          "JMP",
          "CALL",
          "CALL.near",
          "JMP.near",
          "RET");

  /**
   * Packed and x87 instructions that read or write flags or general registers beyond an address.
   */
  private static final Set<String> LOUD =
      Set.of(
          "MASKMOVDQU",
          "MASKMOVQ",
          "COMISS",
          "COMISD",
          "UCOMISS",
          "UCOMISD",
          "PTEST",
          "PCMPESTRM",
          "PCMPESTRI",
          "PCMPISTRM",
          "PCMPISTRI",
          "FNSTSW",
          "FCOMI",
          "FCOMIP",
          "FUCOMI",
          "FUCOMIP",
          "FCMOVB",
          "FCMOVE",
          "FCMOVBE",
          "FCMOVU",
          "FCMOVNB",
          "FCMOVNE",
          "FCMOVNBE",
          "FCMOVNU");

  private NativeForms() {}

  /** Whether the instruction is emitted as bytecode; every other one calls its handler. */
  static boolean covers(Insn insn) {
    String name = insn.definition.name();
    if (ALWAYS.contains(name)) {
      return true;
    }
    return switch (name) {
      case "PUSH", "LEAVE" -> insn.operandSize == 8;
      case "POP" -> insn.operandSize == 8 && insn.dst >= 0;
      case "MUL", "IMUL.one", "DIV", "BSWAP" -> insn.size >= 4;
      case "ROL", "ROR" -> insn.src == Insn.IMMEDIATE;
      case "SHLD", "SHRD" ->
          insn.size >= 4 && insn.definition.operands().get(2).text().equals("Ib");
      case "BT", "BTS", "BTR", "BTC" -> insn.dst >= 0 || insn.src == Insn.IMMEDIATE;
      default -> SseInstructions.covers(insn);
    };
  }

  /**
   * Whether the handler leaves general registers and arithmetic flags alone and reads no register
   * but for an address.
   */
  static boolean isQuiet(Insn insn) {
    if (insn.endsBlock || LOUD.contains(insn.definition.mnemonic())) {
      return false;
    }
    boolean vector =
        insn.definition.has("sse") || insn.definition.has("mmx") || insn.definition.has("x87");
    return vector && insn.definition.operands().stream().allMatch(NativeForms::isQuiet);
  }

  private static boolean isQuiet(Operand operand) {
    return switch (operand.kind()) {
      case V, W, U, P, Q, N, M, I, ST -> true;
      default -> false;
    };
  }

  /** Whether the instruction may fault, exit or leave its region. */
  static boolean mayLeave(Insn insn) {
    if (!covers(insn)) {
      return true;
    }
    String name = insn.definition.name();
    return switch (name) {
      case "LEA", "NOP", "PREFETCH", "PREFETCHW" -> false;
      case "PUSH", "POP", "LEAVE", "CALL", "CALL.near", "JMP.near", "RET", "DIV" -> true;
      default ->
          insn.dst == Insn.MEMORY
              || insn.src == Insn.MEMORY
              || insn.rm == Insn.MEMORY
              || insn.definition.has("sse");
    };
  }

  /** The general registers that an instruction touches, as a set of bits. */
  static int registers(Insn insn) {
    if (!covers(insn) && !isQuiet(insn)) {
      return 0;
    }
    int set = bit(insn.base) | bit(insn.index);
    if (!insn.definition.has("sse") && !insn.definition.has("x87") && !insn.definition.has("mmx")) {
      set |= bit(insn.dst) | bit(insn.src);
    } else {
      set |= bit(insn.rm) | bit(insn.reg);
    }
    return set
        | switch (insn.definition.name()) {
          case "PUSH", "POP", "CALL", "CALL.near", "RET" -> 1 << 4;
          case "LEAVE" -> 1 << 4 | 1 << 5;
          case "MUL", "IMUL.one", "DIV", "CBW", "CWD" -> 1 | 1 << 2;
          case "CMPXCHG" -> 1;
          case "SHL", "SHR", "SAR" -> 1 << 1;
          default -> 0;
        };
  }

  private static int bit(int register) {
    if (register >= Insn.HIGH_BYTE) {
      return 1 << register - Insn.HIGH_BYTE;
    }
    return register >= 0 && register < 16 ? 1 << register : 0;
  }
}
