package org.tenon.hv.engine.sim.decode;

import java.util.Map;

/**
 * One operand of a table row, in the notation of Intel SDM vol. 2, appendix A.2.
 *
 * @param kind where it comes from
 * @param width how wide it is
 * @param fixed the register number of a {@link Kind#FIXED} operand
 * @param text as the table spells it
 */
public record Operand(Kind kind, Width width, int fixed, String text) {
  /** Where an operand comes from. */
  public enum Kind {
    /** General register or memory, by ModRM. */
    E,
    /** General register, by ModRM.reg. */
    G,
    /** General register, by ModRM.rm. */
    R,
    /** Memory only, by ModRM. */
    M,
    /** General register in the opcode. */
    Z,
    /** Immediate. */
    I,
    /** Branch displacement. */
    J,
    /** Memory at an absolute offset. */
    O,
    /** Far pointer in the instruction. */
    A,
    /** Segment register, by ModRM.reg. */
    S,
    /** Control register, by ModRM.reg. */
    C,
    /** Debug register, by ModRM.reg. */
    D,
    /** XMM register, by ModRM.reg. */
    V,
    /** XMM register or memory, by ModRM. */
    W,
    /** XMM register, by ModRM.rm. */
    U,
    /** MMX register, by ModRM.reg. */
    P,
    /** MMX register or memory, by ModRM. */
    Q,
    /** MMX register, by ModRM.rm. */
    N,
    /** Memory at DS:rSI. */
    X,
    /** Memory at ES:rDI. */
    Y,
    /** A general register that the opcode names. */
    FIXED,
    /** The constant 1. */
    ONE,
    /** A segment register that the opcode names. */
    SEGMENT,
    /** An x87 stack register. */
    ST
  }

  /** How wide an operand is. */
  public enum Width {
    NONE(0),
    B(1),
    W(2),
    D(4),
    Q(8),
    DQ(16),
    /** 128 bits that need not be aligned. */
    DQU(16),
    /** 80-bit real. */
    T(10),
    /** By operand size. */
    V(0),
    /** By operand size, at most 32 bits. */
    Z(0),
    /** 32 or, with REX.W, 64 bits. */
    Y(0),
    /** A byte, sign-extended to the operand size. */
    BS(1),
    /** Far pointer. */
    P(0),
    /** Descriptor table register image. */
    S(0),
    /** Two words or doublewords (BOUND). */
    A(0);

    private final int bytes;

    Width(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes under the given operand size. */
    int bytes(int operandSize, boolean rexW) {
      return switch (this) {
        case V, P, A -> operandSize;
        case Z -> Math.min(operandSize, 4);
        case Y -> rexW ? 8 : 4;
        default -> bytes;
      };
    }
  }

  private static final Map<String, Operand> NAMED =
      Map.ofEntries(
          named("AL", Kind.FIXED, Width.B, 0),
          named("AX", Kind.FIXED, Width.W, 0),
          named("eAX", Kind.FIXED, Width.Z, 0),
          named("rAX", Kind.FIXED, Width.V, 0),
          named("CL", Kind.FIXED, Width.B, 1),
          named("DX", Kind.FIXED, Width.W, 2),
          named("1", Kind.ONE, Width.NONE, 0),
          named("ST", Kind.ST, Width.NONE, 0),
          named("ES", Kind.SEGMENT, Width.V, 0),
          named("CS", Kind.SEGMENT, Width.V, 1),
          named("SS", Kind.SEGMENT, Width.V, 2),
          named("DS", Kind.SEGMENT, Width.V, 3),
          named("FS", Kind.SEGMENT, Width.V, 4),
          named("GS", Kind.SEGMENT, Width.V, 5));

  private static Map.Entry<String, Operand> named(String text, Kind kind, Width width, int fixed) {
    return Map.entry(text, new Operand(kind, width, fixed, text));
  }

  /** Reads the table's spelling. */
  static Operand parse(String text) {
    Operand known = NAMED.get(text);
    if (known != null) {
      return known;
    }
    Kind kind = Kind.valueOf(text.substring(0, 1));
    String width =
        text.length() == 1 ? "NONE" : text.substring(1).toUpperCase(java.util.Locale.ROOT);
    return new Operand(kind, Width.valueOf(width), 0, text);
  }

  /** Whether a ModRM byte must follow the opcode. */
  boolean needsModRm() {
    return switch (kind) {
      case E, G, R, M, S, C, D, V, W, U, P, Q, N, ST -> true;
      default -> false;
    };
  }
}
