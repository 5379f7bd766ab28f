package org.tenon.hv.bus;

/**
 * The registers of a device in one window. Called by {@link AddressSpace} on the run-loop thread,
 * only with offsets inside the window, and only with the sizes the window's {@link RegisterWidth}
 * allows. What the guest does is never a reason to throw: a register that does not exist reads as
 * the data sheet says and ignores writes.
 */
public interface RegisterBlock {
  /**
   * Reads a register.
   *
   * @param offset bytes from the start of the window
   * @param size 1, 2, 4 or 8 bytes
   * @return the value; bits above {@code size} bytes are ignored
   */
  long read(int offset, int size);

  /**
   * Writes a register.
   *
   * @param offset bytes from the start of the window
   * @param size 1, 2, 4 or 8 bytes
   * @param value the value; bits above {@code size} bytes are zero
   */
  void write(int offset, int size, long value);
}
