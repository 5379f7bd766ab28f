package org.tenon.hv.pci;

/** One function's configuration space, as whole 32-bit registers. */
public interface PciFunction {
  /**
   * Reads a register.
   *
   * @param register byte offset, a multiple of 4, 0 to 4092
   */
  int readConfig(int register);

  /**
   * Writes a register in part or whole.
   *
   * @param register byte offset, a multiple of 4, 0 to 4092
   * @param value the new bits, in place
   * @param lanes which bits of {@code value} the access carries, in whole bytes
   */
  void writeConfig(int register, int value, int lanes);
}
