package org.tenon.hv.irq;

/**
 * What a message asks of the processor, in the encoding that LVT, ICR, redirection entries and MSI
 * data share.
 */
enum DeliveryMode {
  FIXED,
  LOWEST_PRIORITY,
  SMI,
  RESERVED,
  NMI,
  INIT,
  STARTUP,
  EXT_INT;

  private static final DeliveryMode[] ENCODING = values();

  /** From bits 10:8 of a register. */
  static DeliveryMode of(int register) {
    return ENCODING[(register >>> 8) & 7];
  }
}
