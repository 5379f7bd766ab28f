package org.tenon.hv.engine.sim.decode;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one instruction by the table. One object serves one instruction at a time; not
 * thread-safe, reusable.
 *
 * <p>Bytes that are no instruction give an {@link Insn} of the row {@link #INVALID}, which raises
 * #UD when executed.
 */
public final class Decoder {
  /** The longest instruction (Intel SDM vol. 2, 2.3.11). */
  public static final int MAX_LENGTH = 15;

  /** What undefined bytes decode to. */
  public static final Definition INVALID =
      new Definition(-1, 0, 0, 0, 1, -1, 0, -1, "(invalid)", List.of(), Set.of("ends", "notest"));

  /** What more than 15 bytes decode to: #GP(0). */
  public static final Definition TOO_LONG =
      new Definition(-1, 0, 0, 0, 1, -1, 0, -1, "(too long)", List.of(), Set.of("ends", "notest"));

  private final InstructionTable table = InstructionTable.get();
  private CodeBytes bytes = offset -> 0;
  private Insn insn = new Insn();
  private int position;
  private int codeSize;
  private boolean operandPrefix;
  private boolean addressPrefix;
  private int segmentPrefix;
  private int rex;
  private int modrm;
  private boolean tooLong;

  /**
   * Decodes.
   *
   * @param source the bytes
   * @param rip the address of the first, within CS
   * @param codeBytes 2, 4 or 8: 16-bit, 32-bit or 64-bit code
   */
  public Insn decode(CodeBytes source, long rip, int codeBytes) {
    bytes = source;
    insn = new Insn();
    insn.rip = rip;
    codeSize = codeBytes;
    position = 0;
    operandPrefix = false;
    addressPrefix = false;
    segmentPrefix = -1;
    rex = 0;
    tooLong = false;
    int first = prefixes();
    int map = 0;
    int opcode = first;
    if (first == 0x0f) {
      opcode = next();
      map = 1;
      if (opcode == 0x38 || opcode == 0x3a) {
        map = opcode == 0x38 ? 2 : 3;
        opcode = next();
      }
    }
    Definition row = find(map, opcode);
    if (row == null) {
      return invalid(INVALID);
    }
    fill(row, opcode);
    if (tooLong) {
      return invalid(TOO_LONG);
    }
    return insn.lock && !mayLock(row) ? invalid(INVALID) : insn;
  }

  private boolean mayLock(Definition row) {
    return (row.has("lock") && insn.rm == Insn.MEMORY && insn.dst == Insn.MEMORY)
        || row.has("lockcr8");
  }

  private Insn invalid(Definition row) {
    insn.definition = row;
    insn.length = Math.max(1, Math.min(position, MAX_LENGTH));
    insn.next = wrap(insn.rip + insn.length);
    insn.endsBlock = true;
    return insn;
  }

  private int next() {
    if (position >= MAX_LENGTH) {
      tooLong = true;
      return 0;
    }
    return bytes.at(position++);
  }

  private int prefixes() {
    for (; ; ) {
      int b = next();
      switch (b) {
        case 0x66 -> operandPrefix = true;
        case 0x67 -> addressPrefix = true;
        case 0x26, 0x2e, 0x36, 0x3e -> {
          if (codeSize != 8) {
            segmentPrefix = b >> 3 & 3;
          }
        }
        case 0x64, 0x65 -> segmentPrefix = b - 0x60;
        case 0xf0 -> insn.lock = true;
        case 0xf2, 0xf3 -> insn.rep = b;
        default -> {
          if (codeSize == 8 && (b & 0xf0) == 0x40) {
            rex = b;
            int after = next();
            if (isPrefix(after)) {
              rex = 0; // only a REX right before the opcode counts
              position--;
              continue;
            }
            return after;
          }
          return b;
        }
      }
      if (tooLong) {
        return 0x90;
      }
    }
  }

  private static boolean isPrefix(int b) {
    return switch (b) {
      case 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0, 0xf2, 0xf3 -> true;
      default -> (b & 0xf0) == 0x40;
    };
  }

  private @Nullable Definition find(int map, int opcode) {
    Definition[] candidates = table.candidates(map, opcode);
    boolean haveModRm = false;
    for (Definition row : candidates) {
      if (!haveModRm && row.needsModRm()) {
        modrm = next();
        haveModRm = true;
      }
      if (matches(row, opcode)) {
        if (haveModRm && !row.needsModRm()) {
          position--;
        }
        return row;
      }
    }
    return null;
  }

  private boolean matches(Definition row, int opcode) {
    boolean prefixed =
        switch (row.prefix()) {
          case 0 -> true;
          case Definition.NO_PREFIX -> !operandPrefix && insn.rep == 0;
          case 0x66 -> operandPrefix && insn.rep == 0;
          default -> insn.rep == row.prefix();
        };
    return prefixed
        && opcode >= row.opcode()
        && (row.reg() < 0 || row.reg() == (modrm >> 3 & 7))
        && (row.rm() < 0 || row.rm() == (modrm & 7))
        && (row.mode() == 0 || (row.mode() == Definition.REGISTER_ONLY) == (modrm >= 0xc0))
        && !(row.has("norexb") && (rex & 1) != 0)
        && !(codeSize == 8 ? row.has("i64") : row.has("o64"));
  }

  private void fill(Definition row, int opcode) {
    insn.definition = row;
    insn.rexW = (rex & 8) != 0;
    insn.operandSize = operandSize(row);
    insn.addressSize = addressPrefix ? (codeSize == 4 ? 2 : 4) : codeSize;
    insn.addressMask = insn.addressSize == 8 ? -1L : (1L << (insn.addressSize * 8)) - 1;
    insn.endsBlock = row.has("ends");
    insn.cc = row.opcodes() == 16 ? opcode & 15 : 0;
    if (row.needsModRm()) {
      insn.reg = (modrm >> 3 & 7) | (rex & 4) << 1;
      boolean ignoresMod = row.operands().stream().anyMatch(o -> o.kind() == Operand.Kind.R);
      if (modrm >= 0xc0 || ignoresMod) {
        insn.rm = (modrm & 7) | (rex & 1) << 3;
      } else {
        insn.rm = Insn.MEMORY;
        memoryOperand();
      }
      if (row.has("x87")) {
        insn.cc = modrm & 7;
      }
    }
    if (insn.rm != Insn.MEMORY) {
      insn.segment = row.has("stack") ? Insn.SS : segmentPrefix >= 0 ? segmentPrefix : Insn.DS;
    }
    operands(row, opcode);
    insn.length = position;
    insn.next = wrap(insn.rip + position);
    if (insn.base == RIP) {
      insn.base = Insn.NO_REGISTER;
      insn.disp += insn.next;
    }
    if (!row.operands().isEmpty() && row.operands().get(0).kind() == Operand.Kind.J) {
      long to = insn.next + insn.imm;
      insn.target = insn.operandSize == 2 ? to & 0xffff : codeSize == 8 ? to : to & 0xffffffffL;
    }
  }

  private static final int RIP = 17;

  private long wrap(long address) {
    return codeSize == 8 ? address : address & 0xffffffffL;
  }

  private int operandSize(Definition row) {
    if (codeSize == 8) {
      if (row.has("f64") || insn.rexW) {
        return 8;
      }
      boolean mandatory = row.prefix() == 0x66;
      if (operandPrefix && !mandatory) {
        return 2;
      }
      return row.has("d64") ? 8 : 4;
    }
    boolean other = operandPrefix && row.prefix() != 0x66;
    return other ? 6 - codeSize : codeSize;
  }

  private void memoryOperand() {
    int mod = modrm >> 6;
    int rm = modrm & 7;
    if (insn.addressSize == 2) {
      memory16(mod, rm);
    } else {
      memory32(mod, rm);
    }
    if (segmentPrefix >= 0) {
      insn.segment = segmentPrefix;
    }
  }

  private void memory16(int mod, int rm) {
    int[] bases = {3, 3, 5, 5, 6, 7, 5, 3};
    int[] indexes = {6, 7, 6, 7, 16, 16, 16, 16};
    insn.base = bases[rm];
    insn.index = indexes[rm];
    if (mod == 0 && rm == 6) {
      insn.base = Insn.NO_REGISTER;
      insn.disp = (short) immediate(2);
    } else if (mod == 1) {
      insn.disp = immediate(1);
    } else if (mod == 2) {
      insn.disp = immediate(2);
    }
    insn.segment = insn.base == 5 ? Insn.SS : Insn.DS;
  }

  private void memory32(int mod, int rm) {
    int base = rm | (rex & 1) << 3;
    if (rm == 4) {
      int sib = next();
      int index = (sib >> 3 & 7) | (rex & 2) << 2;
      insn.index = index == 4 ? Insn.NO_REGISTER : index;
      insn.scale = sib >> 6;
      base = (sib & 7) | (rex & 1) << 3;
      if ((sib & 7) == 5 && mod == 0) {
        base = Insn.NO_REGISTER;
      }
    } else if (rm == 5 && mod == 0) {
      base = codeSize == 8 ? RIP : Insn.NO_REGISTER;
    }
    insn.base = base;
    if (mod == 1) {
      insn.disp = immediate(1);
    } else if (mod == 2 || (mod == 0 && base >= Insn.NO_REGISTER)) {
      insn.disp = immediate(4);
    }
    insn.segment = base == 4 || base == 5 ? Insn.SS : Insn.DS;
  }

  private void operands(Definition row, int opcode) {
    List<Operand> list = row.operands();
    insn.size = insn.operandSize;
    for (int k = 0; k < list.size(); k++) {
      Operand operand = list.get(k);
      int width = operand.width().bytes(insn.operandSize, insn.rexW);
      int where = place(operand, width, opcode, k);
      if (k == 0) {
        insn.dst = where;
        insn.size = width == 0 ? insn.operandSize : width;
        insn.sourceSize = insn.size;
      } else if (k == 1) {
        insn.src = where;
        insn.sourceSize = width == 0 ? insn.size : width;
      }
      if (operand.kind() == Operand.Kind.W) {
        insn.aligned = operand.width() == Operand.Width.DQ;
      }
    }
    insn.shift = 64 - 8 * Math.min(insn.size, 8);
  }

  private int place(Operand operand, int width, int opcode, int position) {
    return switch (operand.kind()) {
      case G -> {
        insn.reg = byteRegister(insn.reg, width);
        yield insn.reg;
      }
      case V, P, C, D -> insn.reg;
      case S -> insn.reg & 7;
      case E, R, M -> {
        if (insn.rm >= 0) {
          insn.rm = byteRegister(insn.rm, width);
        }
        yield insn.rm;
      }
      case W, U, Q, N -> insn.rm;
      case Z -> byteRegister((opcode & 7) | (rex & 1) << 3, width);
      case FIXED, SEGMENT -> operand.fixed();
      case ONE -> {
        insn.imm = 1;
        yield Insn.IMMEDIATE;
      }
      case I, J -> {
        boolean third = position == 2 || (position == 1 && insn.definition.name().equals("ENTER"));
        long value = immediate(width);
        if (third) {
          insn.imm2 = (int) value;
        } else {
          insn.imm = value;
        }
        yield Insn.IMMEDIATE;
      }
      case O -> {
        insn.disp = immediate(insn.addressSize);
        if (insn.addressSize != 8) {
          insn.disp &= insn.addressMask;
        }
        yield Insn.MEMORY;
      }
      case A -> {
        insn.imm = immediate(width);
        insn.imm2 = (int) immediate(2) & 0xffff;
        yield Insn.IMMEDIATE;
      }
      case X, Y, ST -> Insn.OTHER;
    };
  }

  private int byteRegister(int number, int width) {
    return width == 1 && rex == 0 && number >= 4 && number < 8
        ? number - 4 + Insn.HIGH_BYTE
        : number;
  }

  /** Little-endian, sign-extended. */
  private long immediate(int size) {
    long value = 0;
    for (int k = 0; k < size; k++) {
      value |= (long) next() << (8 * k);
    }
    int unused = 64 - 8 * size;
    return value << unused >> unused;
  }
}
