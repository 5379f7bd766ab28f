package org.tenon.hv.engine;

/**
 * What a vCPU is about to do between two instructions.
 *
 * @param interruptShadow the last instruction was STI, MOV SS or POP SS that holds interrupts back
 *     for one more
 * @param nmiPending an NMI waits
 * @param nmiBlocked an NMI handler has not executed IRET yet
 * @param injected the external interrupt vector accepted but not yet delivered, or -1
 */
public record PendingEvents(
    boolean interruptShadow, boolean nmiPending, boolean nmiBlocked, int injected) {
  /** Nothing. */
  public static final PendingEvents NONE = new PendingEvents(false, false, false, -1);

  public PendingEvents {
    if (injected < -1 || injected > 255) {
      throw new IllegalArgumentException("no interrupt vector: " + injected);
    }
  }
}
