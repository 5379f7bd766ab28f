package org.tenon.hv.machine;

/**
 * How a run ended.
 *
 * @param kind in one word
 * @param detail a sentence for the user where the kind says too little, else empty
 */
public record Outcome(Kind kind, String detail) {
  /** In one word. */
  public enum Kind {
    /** The guest switched the machine off. */
    POWER_OFF,
    /** The guest, or a triple fault, asked for a reset. */
    RESET,
    /** Every processor waits with interrupts off: nothing can happen any more. */
    HALTED,
    /** The user or the caller stopped it. */
    STOPPED,
    /** A processor is at a debugger's breakpoint; the detail is its number. */
    BREAKPOINT,
    /** The engine cannot go on with this guest. */
    FAILED
  }
}
