package org.tenon.hv.pci;

/** How deep a reset of a function reaches. */
public enum ResetDepth {
  /** The function alone: a function level reset. */
  FUNCTION,
  /** The bus that the function is on: a hot reset, or a link that went down. */
  BUS,
  /** The power: what is sticky goes too. */
  POWER
}
