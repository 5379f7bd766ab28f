package org.tenon.hv.engine;

/** The general registers, the instruction pointer and the flags. */
public record Registers(
    long rax,
    long rcx,
    long rdx,
    long rbx,
    long rsp,
    long rbp,
    long rsi,
    long rdi,
    long r8,
    long r9,
    long r10,
    long r11,
    long r12,
    long r13,
    long r14,
    long r15,
    long rip,
    long rflags) {

  /** All zero but the flag bit that is always set. */
  public static final Registers ZERO =
      new Registers(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);

  /** These registers with another RIP. */
  public Registers withRip(long value) {
    return of(toArray(), value, rflags);
  }

  /** These registers with other flags. */
  public Registers withRflags(long value) {
    return of(toArray(), rip, value);
  }

  /**
   * These registers with another general register.
   *
   * @param number its number in instruction encodings: 0 RAX, 1 RCX, 2 RDX, 3 RBX, 4 RSP … 15 R15
   */
  public Registers with(int number, long value) {
    long[] general = toArray();
    general[number] = value;
    return of(general, rip, rflags);
  }

  /** The general registers in the order of their numbers. */
  public long[] toArray() {
    return new long[] {
      rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
    };
  }

  /**
   * From general registers in the order of their numbers.
   *
   * @param general 16 values
   */
  public static Registers of(long[] general, long rip, long rflags) {
    if (general.length != 16) {
      throw new IllegalArgumentException("16 general registers, not " + general.length);
    }
    long[] g = general;
    return new Registers(
        g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8], g[9], g[10], g[11], g[12], g[13],
        g[14], g[15], rip, rflags);
  }
}
