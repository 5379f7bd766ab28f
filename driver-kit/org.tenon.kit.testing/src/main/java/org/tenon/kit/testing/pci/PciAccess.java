package org.tenon.kit.testing.pci;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Stability;

/**
 * One PCI function and RAM, as a guest's processor reaches them. What a guest can do makes no
 * method throw.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface PciAccess extends AutoCloseable {
  /**
   * Reads the function's configuration space.
   *
   * @param offset 0 to 4095, not crossing a 32-bit register
   * @param size 1, 2 or 4 bytes
   */
  long readConfig(int offset, int size);

  /** Writes it; otherwise as {@link #readConfig}. */
  void writeConfig(int offset, int size, long value);

  /**
   * Reads memory-mapped I/O; all ones where nothing is.
   *
   * @param address guest-physical
   * @param size 1, 2, 4 or 8 bytes
   */
  long readMemory(long address, int size);

  /** Writes memory-mapped I/O. */
  void writeMemory(long address, int size, long value);

  /**
   * Reads a port; all ones where nothing is.
   *
   * @param port 0 to 65535
   * @param size 1, 2 or 4 bytes
   */
  long readPort(int port, int size);

  /** Writes a port. */
  void writePort(int port, int size, long value);

  /** The guest's RAM, readable and writable until {@link #close()}. */
  MemorySegment ram();

  /** The guest-physical address of the first byte of {@link #ram()}. */
  long ramBase();

  /** Removes the function and closes its driver. A second call does nothing. */
  @Override
  void close();
}
