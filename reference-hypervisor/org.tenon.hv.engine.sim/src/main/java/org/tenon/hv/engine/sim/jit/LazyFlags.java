package org.tenon.hv.engine.sim.jit;

/**
 * The arithmetic flags as compiled code keeps them: not computed, but as the operands and the
 * result that they derive from. A code tells how: the kind of instruction, 64 minus the operand's
 * bits, and a shift's count (0: it is the second operand). Computing gives the two words of {@link
 * org.tenon.hv.engine.sim.cpu.Flags}.
 */
final class LazyFlags {
  /** Only a variable of the compiled code tells the code. */
  static final int DYNAMIC = 0;

  /** Result and carry are the words of Flags already. */
  static final int CANONICAL = 1;

  static final int ADD = 2;
  static final int ADC = 3;
  static final int SUB = 4;
  static final int SBB = 5;
  static final int LOGIC = 6;

  /** INC and DEC: the carry word holds CF from before. */
  static final int INC = 7;

  static final int DEC = 8;
  static final int SHL = 9;
  static final int SHR = 10;
  static final int SAR = 11;

  /** CF and OF tell whether the first operand, the product's upper half, is not zero. */
  static final int MUL = 12;

  static final int IMUL = 13;

  private static final long TOP = Long.MIN_VALUE | Long.MIN_VALUE >>> 1;

  private LazyFlags() {}

  static int code(int kind, int shift) {
    return kind | shift << 4;
  }

  static int code(int kind, int shift, int count) {
    return kind | shift << 4 | count << 12;
  }

  static int kind(int code) {
    return code & 15;
  }

  static int shift(int code) {
    return code >> 4 & 0xff;
  }

  /** The word {@link org.tenon.hv.engine.sim.cpu.Flags#result}. */
  static long result(int code, long result) {
    int shift = shift(code); // 0 for canonical ones
    return result << shift >> shift;
  }

  /** The word {@link org.tenon.hv.engine.sim.cpu.Flags#carry}. */
  static long carry(int code, long a, long b, long r, long carry) {
    int shift = shift(code);
    return switch (kind(code)) {
      case ADD, ADC -> word((a & b) | ((a | b) & ~r), shift);
      case SUB, SBB -> word((~a & b) | (~(a ^ b) & r), shift);
      case LOGIC -> 0;
      case INC -> keep(word(((r - 1) & 1) | ((r - 1 | 1) & ~r), shift), carry);
      case DEC -> keep(word((~(r + 1) & 1) | (~(r + 1 ^ 1) & r), shift), carry);
      case SHL, SHR, SAR -> shifted(code, a, b, r);
      case MUL -> a != 0 ? Long.MIN_VALUE : 0;
      case IMUL -> wide(a, b, r, shift) ? Long.MIN_VALUE : 0;
      default -> carry;
    };
  }

  private static long word(long carries, int shift) {
    return (carries << shift & TOP) | (carries & 8);
  }

  /** OF and AF of {@code word}, CF of {@code old}. */
  private static long keep(long word, long old) {
    long overflow = (word ^ word << 1) & Long.MIN_VALUE;
    long cf = old & Long.MIN_VALUE;
    return (word & 8) | cf | (cf ^ overflow) >>> 1;
  }

  private static long shifted(int code, long a, long b, long r) {
    int shift = shift(code);
    int constant = code >> 12;
    int n = constant != 0 ? constant : (int) b;
    int bits = 64 - shift;
    return switch (kind(code)) {
      case SHL -> (n <= bits ? a >>> (bits - n) << 63 : 0) | (r << shift & Long.MIN_VALUE) >>> 1;
      case SHR -> {
        long cf = a >>> (n - 1) << 63;
        yield cf | (cf ^ a << shift & Long.MIN_VALUE) >>> 1;
      }
      default -> {
        long cf = (a << shift >> shift) >> (n - 1) << 63;
        yield cf | cf >>> 1;
      }
    };
  }

  private static boolean wide(long a, long b, long product, int shift) {
    return shift == 0
        ? Math.multiplyHigh(a, b) != product >> 63
        : product << shift >> shift != product;
  }

  /** Whether a condition code (Intel SDM vol. 1, appendix B) holds under the two words. */
  static boolean holds(long result, long carry, int cc) {
    boolean cf = carry < 0;
    boolean zf = result == 0;
    boolean sf = (result >>> 63 ^ carry & 1) != 0;
    boolean of = (carry ^ carry << 1) < 0;
    boolean positive =
        switch (cc >> 1) {
          case 0 -> of;
          case 1 -> cf;
          case 2 -> zf;
          case 3 -> cf || zf;
          case 4 -> sf;
          case 5 -> evenParity((int) (result ^ carry >>> 8) & 0xff);
          case 6 -> sf != of;
          default -> zf || sf != of;
        };
    return positive != ((cc & 1) != 0);
  }

  private static boolean evenParity(int value) {
    return (Integer.bitCount(value) & 1) == 0;
  }
}
