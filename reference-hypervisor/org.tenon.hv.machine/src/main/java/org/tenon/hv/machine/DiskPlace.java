package org.tenon.hv.machine;

/** Where a disk or a partner's own function is plugged in. */
public enum DiskPlace {
  /** A slot of bus 0, before the machine runs; it stays. */
  FIXED,
  /** A hot-plug slot: it may come while the machine runs, and may go. */
  HOT_PLUG
}
