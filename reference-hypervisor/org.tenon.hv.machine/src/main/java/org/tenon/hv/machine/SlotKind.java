package org.tenon.hv.machine;

/** A kind of slot, into which disks, network cards and partners' own functions are plugged. */
public enum SlotKind {
  /** On bus 0: a card comes before the machine runs, and stays. */
  FIXED,
  /** Behind a root port: a card may come while the machine runs, and may go. */
  HOT_PLUG
}
