package org.tenon.hv.platform.boot;

/**
 * The state in which the bootstrap processor begins: flat segments from a table in guest memory,
 * interrupts off.
 *
 * @param protocol which boot protocol, for the log
 * @param mode the processor mode
 * @param entry the first instruction
 * @param rax the accumulator
 * @param rbx the base register
 * @param rsi the source index
 * @param gdt where the descriptor table lies
 * @param gdtLimit its last byte
 * @param pageTables the top-level page table in long mode, else 0
 */
public record BootEntry(
    String protocol,
    Mode mode,
    long entry,
    long rax,
    long rbx,
    long rsi,
    long gdt,
    int gdtLimit,
    long pageTables) {
  /** Selector of the flat code segment. */
  public static final int CODE = 0x10;

  /** Selector of the flat data segment. */
  public static final int DATA = 0x18;

  /** The processor mode at entry. */
  public enum Mode {
    /** 64-bit mode with identity-mapped page tables. */
    LONG,
    /** 32-bit protected mode without paging. */
    PROTECTED
  }
}
