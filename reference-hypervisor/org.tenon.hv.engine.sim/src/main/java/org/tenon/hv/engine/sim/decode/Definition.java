package org.tenon.hv.engine.sim.decode;

import java.util.List;
import java.util.Set;

/**
 * One row of the instruction table.
 *
 * @param number its place in the table
 * @param map 0 one-byte opcodes, 1 0F, 2 0F38, 3 0F3A
 * @param prefix the mandatory prefix: 0 any, {@link #NO_PREFIX}, 0x66, 0xf2, 0xf3
 * @param opcode the opcode byte, its lowest value where a register or condition is part of it
 * @param opcodes how many consecutive opcode bytes the row covers: 1, 8 (+r) or 16 (+cc)
 * @param reg the required ModRM.reg, or -1
 * @param mode the required ModRM.mod: 0 any, 1 memory, 2 register
 * @param rm the required ModRM.rm, or -1
 * @param name mnemonic, with what tells its forms apart
 * @param operands destination first
 * @param attributes as in the table
 */
public record Definition(
    int number,
    int map,
    int prefix,
    int opcode,
    int opcodes,
    int reg,
    int mode,
    int rm,
    String name,
    List<Operand> operands,
    Set<String> attributes) {
  static final int NO_PREFIX = 1;
  static final int MEMORY_ONLY = 1;
  static final int REGISTER_ONLY = 2;

  /** Whether the table gives the row this attribute. */
  public boolean has(String attribute) {
    return attributes.contains(attribute);
  }

  /** The mnemonic alone. */
  public String mnemonic() {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** Letters of the flags that the row leaves undefined, out of {@code OSZAPC}. */
  public String undefinedFlags() {
    return value("u=");
  }

  /** The CPUID feature that the row needs, or empty. */
  public String feature() {
    return value("feature=");
  }

  private String value(String key) {
    for (String attribute : attributes) {
      if (attribute.startsWith(key)) {
        return attribute.substring(key.length());
      }
    }
    return "";
  }

  boolean needsModRm() {
    return reg >= 0 || mode != 0 || rm >= 0 || operands.stream().anyMatch(Operand::needsModRm);
  }
}
