package org.tenon.hv.bus;

/**
 * News that any thread may bring to the run-loop thread. What it stands for is done there, between
 * two instructions of the guest, once for any number of calls since the last time.
 */
@FunctionalInterface
public interface Handoff {
  /** There is news. Any thread; never blocks, allocates nothing. */
  void raise();
}
