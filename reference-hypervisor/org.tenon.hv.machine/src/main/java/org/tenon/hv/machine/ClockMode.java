package org.tenon.hv.machine;

/** What machine time follows. */
public enum ClockMode {
  /** Retired instructions; idle time is skipped. The same inputs give the same run. */
  VIRTUAL,
  /** The host's clock, as a person at the console expects. */
  REAL
}
