package org.tenon.hv.engine.sim.decode;

import java.util.ArrayList;
import java.util.List;

/** Decoded instructions as text, in the style of the Intel SDM. */
public final class Disassembler {
  private static final String[] LEGACY = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};
  private static final String[] CONDITIONS = {
    "O", "NO", "B", "NB", "Z", "NZ", "BE", "NBE", "S", "NS", "P", "NP", "L", "NL", "LE", "NLE"
  };

  private Disassembler() {}

  /** Mnemonic and operands. */
  public static String format(Insn insn) {
    StringBuilder text = new StringBuilder();
    if (insn.lock) {
      text.append("LOCK ");
    }
    if (insn.rep != 0 && insn.definition.has("rep")) {
      text.append(insn.rep == 0xf2 ? "REPNE " : "REP ");
    }
    String mnemonic = insn.definition.mnemonic();
    text.append(insn.definition.has("cc") ? mnemonic.replace("cc", CONDITIONS[insn.cc]) : mnemonic);
    List<String> operands = new ArrayList<>();
    List<Operand> list = insn.definition.operands();
    for (int k = 0; k < list.size(); k++) {
      operands.add(operand(insn, list.get(k), k));
    }
    return operands.isEmpty() ? text.toString() : text + " " + String.join(", ", operands);
  }

  private static String operand(Insn insn, Operand operand, int position) {
    int width = operand.width().bytes(insn.operandSize, insn.rexW);
    return switch (operand.kind()) {
      case G -> general(insn.reg, width);
      case E, R -> insn.rm == Insn.MEMORY ? memory(insn) : general(insn.rm, width);
      case Z -> general(position == 0 ? insn.dst : insn.src, width);
      case FIXED -> general(operand.fixed(), width);
      case M, O -> memory(insn);
      case V -> "xmm" + insn.reg;
      case W, U -> insn.rm == Insn.MEMORY ? memory(insn) : "xmm" + insn.rm;
      case P -> "mm" + (insn.reg & 7);
      case Q, N -> insn.rm == Insn.MEMORY ? memory(insn) : "mm" + (insn.rm & 7);
      case S -> SEGMENTS[insn.reg & 7];
      case SEGMENT -> SEGMENTS[operand.fixed()];
      case C -> "cr" + insn.reg;
      case D -> "dr" + insn.reg;
      case ST -> "st(" + insn.cc + ")";
      case J -> "0x" + Long.toHexString(insn.target);
      case A -> "0x%x:0x%x".formatted(insn.imm2, insn.imm);
      case ONE -> "1";
      case I -> {
        boolean second = position == 2 || (insn.definition.name().equals("ENTER") && position == 1);
        yield "0x" + Long.toHexString(second ? insn.imm2 : insn.imm);
      }
      case X -> "[si]";
      case Y -> "[di]";
    };
  }

  private static String general(int number, int width) {
    if (number >= Insn.HIGH_BYTE) {
      return LEGACY[number - Insn.HIGH_BYTE].charAt(0) + "h";
    }
    if (number >= 8) {
      return "r"
          + number
          + switch (width) {
            case 1 -> "b";
            case 2 -> "w";
            case 4 -> "d";
            default -> "";
          };
    }
    String name = LEGACY[number];
    return switch (width) {
      case 1 -> number < 4 ? name.charAt(0) + "l" : name + "l";
      case 2 -> name;
      case 4 -> "e" + name;
      default -> "r" + name;
    };
  }

  private static String memory(Insn insn) {
    StringBuilder text = new StringBuilder();
    text.append(SEGMENTS[insn.segment]).append(":[");
    String plus = "";
    if (insn.base != Insn.NO_REGISTER) {
      text.append(general(insn.base, insn.addressSize));
      plus = "+";
    }
    if (insn.index != Insn.NO_REGISTER) {
      text.append(plus).append(general(insn.index, insn.addressSize)).append('*');
      text.append(1 << insn.scale);
      plus = "+";
    }
    if (insn.disp != 0 || plus.isEmpty()) {
      text.append(insn.disp < 0 ? "-" : plus).append("0x");
      text.append(Long.toHexString(Math.abs(insn.disp)));
    }
    return text.append(']').toString();
  }
}
