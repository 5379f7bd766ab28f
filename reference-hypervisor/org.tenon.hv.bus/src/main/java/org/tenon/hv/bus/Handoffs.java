package org.tenon.hv.bus;

/** Makes {@link Handoff}s; the machine's run loop is one. */
@FunctionalInterface
public interface Handoffs {
  /**
   * A new one, not raised. Those raised at the same time run in the order in which they were made.
   *
   * @param action what to do; runs on the run-loop thread
   */
  Handoff handoff(Runnable action);
}
