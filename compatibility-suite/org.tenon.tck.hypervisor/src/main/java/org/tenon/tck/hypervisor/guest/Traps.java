package org.tenon.tck.hypervisor.guest;

/** Tries what may end in an exception. */
final class Traps {
  /** The exception that ended the last attempt. */
  static int vector;

  static long error;
  static long instruction;

  /** CR2. */
  static long address;

  private Traps() {}

  /** Calls {@link #body}; 1 if an exception ended it, else 0. Attempts may nest. */
  static native int attempt(int what);

  static void body(int what) {
    Probe.group(what);
  }
}
