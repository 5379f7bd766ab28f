package org.tenon.hv.engine.sim.oracle;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.InstructionTable;
import org.tenon.hv.engine.sim.decode.Operand;

/**
 * Random instructions of 64-bit mode from the table, with operands that stay inside the data area.
 */
final class CaseGenerator {
  private static final int RBX = 3;

  private final Random random;
  private long data;
  private final List<Definition> rows;

  CaseGenerator(long seed) {
    random = new Random(seed);
    rows =
        InstructionTable.get().rows().stream()
            .filter(row -> !row.has("notest") && !row.has("i64") && !row.has("ends"))
            .toList();
  }

  /** Where absolute addresses may lead: to 128 bytes from here. */
  void setData(long address) {
    data = address;
  }

  List<Definition> rows() {
    return rows;
  }

  /** Bytes of an instruction of this row. Its memory operand, if it has one, is [RBX + 16·n]. */
  byte[] instruction(Definition row) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean memory = row.mode() == 1 || (row.mode() == 0 && random.nextInt(3) == 0);
    boolean hasModRm = hasModRm(row);
    memory &= hasModRm;
    boolean lock = memory && row.has("lock") && destinationIsMemory(row) && random.nextInt(4) == 0;
    if (lock) {
      out.write(0xf0);
    }
    boolean word = row.prefix() == 0 && random.nextInt(4) == 0 && allowsWord(row);
    if (word) {
      out.write(0x66);
    }
    if (row.has("rep") && random.nextInt(2) == 0) {
      out.write(random.nextBoolean() ? 0xf3 : 0xf2);
    }
    if (row.prefix() > 1) {
      out.write(row.prefix());
    }
    int rex = random.nextInt(2) == 0 ? 0x40 | random.nextInt(16) : 0;
    if (memory || row.rm() >= 0 || row.has("x87")) {
      rex &= ~1; // the base stays RBX
    }
    if (row.has("x87")) {
      rex = 0;
    }
    if (rex != 0) {
      out.write(rex);
    }
    if (row.map() > 0) {
      out.write(0x0f);
    }
    if (row.map() > 1) {
      out.write(row.map() == 2 ? 0x38 : 0x3a);
    }
    int opcode = row.opcode() + (row.opcodes() > 1 ? random.nextInt(row.opcodes()) : 0);
    if (row.opcodes() == 8 && (opcode & 7) == 4 && (rex & 1) == 0) {
      opcode++; // not RSP
    }
    out.write(opcode);
    if (hasModRm) {
      writeModRm(out, row, memory);
    }
    for (Operand operand : row.operands()) {
      immediate(out, operand, word, (rex & 8) != 0, row);
    }
    return out.toByteArray();
  }

  static boolean hasModRm(Definition row) {
    return row.reg() >= 0
        || row.mode() != 0
        || row.rm() >= 0
        || row.operands().stream()
            .anyMatch(o ->
                switch (o.kind()) {
                  case E, G, R, M, S, C, D, V, W, U, P, Q, N, ST -> true;
                  default -> false;
                });
  }

  private static boolean destinationIsMemory(Definition row) {
    Operand.Kind first = row.operands().get(0).kind();
    return first == Operand.Kind.E || first == Operand.Kind.M;
  }

  private static boolean allowsWord(Definition row) {
    boolean prefixed =
        InstructionTable.get().rows().stream()
            .anyMatch(other ->
                other.map() == row.map() && other.opcode() == row.opcode() && other.prefix() != 0);
    return !prefixed && !row.has("x87") && !row.name().equals("BSWAP");
  }

  private void writeModRm(ByteArrayOutputStream out, Definition row, boolean memory) {
    int reg = row.reg() >= 0 ? row.reg() : random.nextInt(8);
    if (reg == 4 && row.reg() < 0) {
      reg = 5; // not RSP
    }
    if (memory) {
      out.write(0x40 | reg << 3 | RBX);
      out.write(16 * (random.nextInt(15) - 7));
    } else {
      int rm = row.rm() >= 0 ? row.rm() : random.nextInt(8);
      if (rm == 4 && row.rm() < 0 && !row.has("x87")) {
        rm = 0;
      }
      out.write(0xc0 | reg << 3 | rm);
    }
  }

  private void immediate(
      ByteArrayOutputStream out, Operand operand, boolean word, boolean wide, Definition row) {
    if (operand.kind() == Operand.Kind.O) {
      long address = data + random.nextInt(120);
      for (int k = 0; k < 8; k++) {
        out.write((int) (address >>> (8 * k)));
      }
    } else if (operand.kind() == Operand.Kind.I) {
      int size =
          switch (operand.width()) {
            case B, BS -> 1;
            case W -> 2;
            case V -> wide ? 8 : word ? 2 : 4;
            default -> word && !wide ? 2 : 4;
          };
      boolean small = row.name().equals("ENTER");
      for (int k = 0; k < size; k++) {
        out.write(small ? random.nextInt(4) : random.nextInt(256));
      }
    }
  }

  /** A register value: random, or near an edge. */
  long value() {
    long v =
        switch (random.nextInt(6)) {
          case 0 -> random.nextInt(16);
          case 1 -> -random.nextInt(16);
          case 2 -> 1L << random.nextInt(64);
          case 3 -> (1L << random.nextInt(64)) - 1;
          default -> random.nextLong();
        };
    return v;
  }

  /** Eight bytes that are often interesting as one double or two singles. */
  long floating() {
    return switch (random.nextInt(8)) {
      case 0 -> value();
      case 1 -> Double.doubleToRawLongBits(random.nextInt(2000) - 1000);
      case 2 -> Double.doubleToRawLongBits(random.nextGaussian());
      case 3 -> special64();
      case 4 -> single() | single() << 32;
      case 5 ->
          Double.doubleToRawLongBits(
              random.nextGaussian() * Math.pow(2, random.nextInt(200) - 100));
      case 6 -> special32() | special32() << 32;
      default -> random.nextLong();
    };
  }

  private long single() {
    return Float.floatToRawIntBits((float) (random.nextGaussian() * 100)) & 0xffffffffL;
  }

  private long special32() {
    int[] all = {
      0,
      0x80000000,
      0x7f800000,
      0xff800000,
      0x7fc00001,
      0x7f800001,
      1,
      0x807fffff,
      0x00800000,
      0x7f7fffff,
      0x3f800000,
      0xcf000000,
      0x4effffff
    };
    return all[random.nextInt(all.length)] & 0xffffffffL;
  }

  private long special64() {
    long[] all = {
      0,
      Long.MIN_VALUE,
      0x7ff0000000000000L,
      0xfff0000000000000L,
      0x7ff8000000000001L,
      0x7ff0000000000001L,
      1,
      0x800fffffffffffffL,
      0x0010000000000000L,
      0x7fefffffffffffffL,
      0x3ff0000000000000L,
      0xc3e0000000000000L,
      0x41dfffffffc00000L,
      0xc1e0000000200000L
    };
    return all[random.nextInt(all.length)];
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  Definition row() {
    return rows.get(random.nextInt(rows.size()));
  }
}
