package org.tenon.hv.bus;

/**
 * The machine's time. The run loop owns it; devices read it and set alarms. Under the virtual clock
 * time is a function of retired instructions, so that the same inputs give the same run.
 */
public interface Clock {
  /** Nanoseconds since power-on; never goes back. */
  long now();

  /**
   * A new alarm, not set. Alarms due at the same instant run in the order in which they were
   * created.
   *
   * @param name for traces
   * @param action what to do; runs on the run-loop thread, between two guest instructions
   */
  Alarm alarm(String name, Runnable action);
}
