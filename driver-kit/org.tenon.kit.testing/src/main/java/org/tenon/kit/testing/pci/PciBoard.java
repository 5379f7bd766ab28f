package org.tenon.kit.testing.pci;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.spi.device.PciBar;

/**
 * A board with one PCI function, as a guest's processor reaches it. One thread calls it. What a
 * guest can do makes no method throw. Machine time passes with {@link #advance} only.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface PciBoard extends AutoCloseable {
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

  /** The first address that BARs of a kind may be given. */
  long windowFirst(PciBar.Kind kind);

  /** The last address that BARs of a kind may be given. */
  long windowLast(PciBar.Kind kind);

  /** The guest's RAM, readable and writable until {@link #close()}. */
  MemorySegment ram();

  /** The guest-physical address of the first byte of {@link #ram()}. */
  long ramBase();

  /** Lets machine time pass; timers ring, and what waits for an instruction boundary happens. */
  void advance(Duration by);

  /** The data of the interrupt messages sent since the last call. */
  List<Integer> takeMessages();

  /** The level of the interrupt pin as the interrupt controller sees it. */
  boolean pin();

  /**
   * Pulls the function out, whatever it does: when this returns, nothing answers in its place, and
   * its driver is closed. The rest of the board stays. A second call does nothing.
   */
  void pullOut();

  /** Removes the function and closes its driver. A second call does nothing. */
  @Override
  void close();
}
