package org.tenon.hv.pci;

/** Arithmetic of configuration registers. */
final class Registers {
  private Registers() {}

  /**
   * A register after a write.
   *
   * @param old what it held
   * @param value the new bits, in place
   * @param lanes which bits the access carries
   * @param writable which bits can be changed
   */
  static int merge(int old, int value, int lanes, int writable) {
    int taken = lanes & writable;
    return old & ~taken | value & taken;
  }
}
