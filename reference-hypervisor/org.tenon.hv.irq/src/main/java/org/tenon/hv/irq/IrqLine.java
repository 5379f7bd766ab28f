package org.tenon.hv.irq;

/**
 * One interrupt wire from a device. The device sets its level; the controller behind it knows edges
 * from levels.
 */
@FunctionalInterface
public interface IrqLine {
  /** A wire that leads nowhere. */
  IrqLine UNCONNECTED = asserted -> {};

  /** Drives the wire; repeating the level it already has changes nothing. */
  void set(boolean asserted);

  /** Raises and lowers it at once: one edge. */
  default void pulse() {
    set(true);
    set(false);
  }
}
