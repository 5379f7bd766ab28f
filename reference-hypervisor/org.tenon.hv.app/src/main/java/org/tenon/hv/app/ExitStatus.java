package org.tenon.hv.app;

/** How the process ends. Scripts rely on it: docs/reference/exit-status.md. */
final class ExitStatus {
  /** Done, and where there was something to judge, passed. */
  static final int OK = 0;

  /** A verdict against the subject. */
  static final int AGAINST_SUBJECT = 1;

  /** Wrong usage or input; one line on standard error says what, where, and how to mend. */
  static final int BAD_INPUT = 2;

  /** Our own fault; the details are in a log file, which one line on standard error names. */
  static final int OUR_FAULT = 3;

  private ExitStatus() {}
}
