package org.tenon.kit.bench;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Stability;

/**
 * An NVMe controller as a guest's driver reaches it: its registers, at the address that the guest
 * has given them, and RAM. The guest's firmware has set up messages and lets the function master
 * the bus. Any thread calls any method.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NvmeDoor extends GuestIdle, AutoCloseable {
  /** The guest's RAM, readable and writable until {@link #close()}. */
  MemorySegment memory();

  /** The guest-physical address of the first byte of {@link #memory()}. */
  long memoryBase();

  /**
   * Reads a register.
   *
   * @param offset in bytes, a multiple of 4 (NVMe 1.4, 3.1)
   */
  int read(int offset);

  /** Writes a register or a doorbell; otherwise as {@link #read}. */
  void write(int offset, int value);

  /** Unplugs the controller and closes its driver. */
  @Override
  void close();
}
