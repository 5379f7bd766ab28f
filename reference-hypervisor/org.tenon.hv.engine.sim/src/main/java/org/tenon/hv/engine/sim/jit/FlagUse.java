package org.tenon.hv.engine.sim.jit;

import java.util.List;
import java.util.Map;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Which flags of a block's instructions anybody can see. Two questions: is a flag needed after an
 * instruction, by a reader or because a fault or the end of the block may show it; and which flags
 * does the block read before it writes them. CF and the other five are told apart.
 */
final class FlagUse {
  static final int CF = 1;
  static final int OTHERS = 2;
  static final int ALL = CF | OTHERS;

  private static final Map<String, Integer> WRITES =
      Map.ofEntries(
          Map.entry("ADD", ALL),
          Map.entry("ADC", ALL),
          Map.entry("SUB", ALL),
          Map.entry("SBB", ALL),
          Map.entry("CMP", ALL),
          Map.entry("NEG", ALL),
          Map.entry("AND", ALL),
          Map.entry("OR", ALL),
          Map.entry("XOR", ALL),
          Map.entry("TEST", ALL),
          Map.entry("MUL", ALL),
          Map.entry("IMUL", ALL),
          Map.entry("IMUL.one", ALL),
          Map.entry("IMUL.three", ALL),
          Map.entry("XADD", ALL),
          Map.entry("CMPXCHG", ALL),
          Map.entry("POPCNT", ALL),
          Map.entry("INC", OTHERS),
          Map.entry("DEC", OTHERS),
          Map.entry("BT", CF),
          Map.entry("BTS", CF),
          Map.entry("BTR", CF),
          Map.entry("BTC", CF),
          Map.entry("CLC", CF),
          Map.entry("STC", CF),
          Map.entry("CMC", CF));

  private final int[] needed;
  private final int reads;
  private final int writes;

  FlagUse(List<Insn> block) {
    needed = new int[block.size()];
    int live = ALL;
    for (int k = block.size() - 1; k >= 0; k--) {
      needed[k] = live;
      live = before(block.get(k), live);
    }
    int read = 0;
    int written = 0;
    for (int k = 0; k < block.size(); k++) {
      read |= reads(block.get(k), needed[k]) & ~written;
      written |= writes(block.get(k));
    }
    reads = read;
    writes = written;
  }

  /** The flags that are needed after instruction {@code k}. */
  int needed(int k) {
    return needed[k];
  }

  /** The flags that the block reads before it writes them. */
  int reads() {
    return reads;
  }

  /** The flags that the block writes. */
  int writes() {
    return writes;
  }

  private static int before(Insn insn, int after) {
    if (NativeForms.mayLeave(insn)) {
      return ALL;
    }
    return (after & ~writes(insn)) | reads(insn, after);
  }

  private static int writes(Insn insn) {
    if (!NativeForms.covers(insn)) {
      return 0;
    }
    return switch (insn.definition.name()) {
      case "SHL", "SHR", "SAR", "SHLD", "SHRD" ->
          insn.src == Insn.IMMEDIATE || insn.definition.operands().size() == 3 ? ALL : 0;
      default -> WRITES.getOrDefault(insn.definition.name(), 0);
    };
  }

  private static int reads(Insn insn, int after) {
    if (!NativeForms.covers(insn)) {
      return NativeForms.isQuiet(insn) ? 0 : ALL;
    }
    return switch (insn.definition.name()) {
      case "ADC", "SBB", "CMC" -> CF;
      case "INC", "DEC" -> after & CF;
      case "ROL", "ROR", "BSF", "BSR" -> after;
      case "BT", "BTS", "BTR", "BTC", "CLC", "STC" -> after & OTHERS;
      case "Jcc", "SETcc", "CMOVcc" -> condition(insn.cc);
      default -> 0;
    };
  }

  private static int condition(int cc) {
    return switch (cc >> 1) {
      case 1 -> CF;
      case 3 -> ALL;
      default -> OTHERS;
    };
  }
}
