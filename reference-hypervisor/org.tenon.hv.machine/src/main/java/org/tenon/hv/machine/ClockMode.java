package org.tenon.hv.machine;

/** What machine time follows. */
public enum ClockMode {
  /** Retired instructions; idle time is skipped. The same inputs give the same run. */
  VIRTUAL,
  /**
   * Retired instructions, and the host's clock while every processor waits: somebody outside can
   * answer before a timeout passes, and a slow host is never seen as a stall. A run repeats only as
   * far as nothing comes from outside.
   */
  PATIENT,
  /** The host's clock, as a person at the console expects. */
  REAL;

  /** Whether machine time counts instructions. */
  boolean countsInstructions() {
    return this != REAL;
  }
}
