package org.tenon.hv.platform;

/**
 * What the guest asks of the machine itself. Called on the run-loop thread; the machine acts before
 * the next instruction.
 */
public interface PowerControl {
  /**
   * Resets the machine.
   *
   * @param source which register asked: {@code i8042}, {@code cf9}
   */
  void reset(String source);

  /** Switches it off (ACPI S5). */
  void powerOff();
}
