package org.tenon.hv.engine.sim.oracle;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.InstructionTable;
import org.tenon.hv.engine.sim.decode.Operand;

/**
 * Jumps, calls, returns and loops that skip an INC RAX or fall into it, so that RAX tells which way
 * they went. RAX holds the target where the instruction wants an address.
 */
final class BranchGenerator {
  private static final byte[] SKIPPED = {0x48, (byte) 0xff, (byte) 0xc0};

  /** LEA RAX, [RIP + n], where n follows. */
  private static final byte[] TARGET = {0x48, (byte) 0x8d, 0x05};

  private static final int PUSH_RAX = 0x50;

  private final CaseGenerator generator;
  private final List<Definition> rows =
      InstructionTable.get().rows().stream().filter(BranchGenerator::isBranch).toList();

  BranchGenerator(CaseGenerator generator) {
    this.generator = generator;
  }

  private static boolean isBranch(Definition row) {
    return row.has("ends") && !row.has("notest") && !row.has("i64");
  }

  List<Definition> rows() {
    return rows;
  }

  byte[] code(Definition row) {
    ByteArrayOutputStream branch = new ByteArrayOutputStream();
    if (row.map() == 1) {
      branch.write(0x0f);
    }
    int variants = row.opcodes();
    branch.write(row.opcode() + (variants > 1 ? generator.below(variants) : 0));
    boolean absolute = row.operands().isEmpty() || row.operands().get(0).kind() != Operand.Kind.J;
    boolean returns = row.name().equals("RET");
    if (row.reg() >= 0) {
      branch.write(0xc0 | row.reg() << 3);
    } else if (!absolute) {
      branch.write(SKIPPED.length);
      writeZeros(branch, row.operands().get(0).width() == Operand.Width.B ? 0 : 3);
    } else if (!row.operands().isEmpty()) {
      branch.write(8 * generator.below(4));
      branch.write(0);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (absolute) {
      out.writeBytes(TARGET);
      out.write(branch.size() + SKIPPED.length + (returns ? 1 : 0));
      writeZeros(out, 3);
    }
    if (returns) {
      out.write(PUSH_RAX);
    }
    out.writeBytes(branch.toByteArray());
    out.writeBytes(SKIPPED);
    return out.toByteArray();
  }

  private static void writeZeros(ByteArrayOutputStream out, int count) {
    for (int k = 0; k < count; k++) {
      out.write(0);
    }
  }
}
