package org.tenon.spi.device;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Stability;

/**
 * Guest memory on loan: the bytes themselves, in one part for each region of RAM that the range
 * touches. The guest may change them at any time. The host takes the loan back when the guest turns
 * bus mastering off, when the function is reset or pulled out, and at the driver's end; an access
 * to a part fails with {@link IllegalStateException} from then on, which is the driver's to catch
 * where its own threads touch parts. A system call that reads or writes a part at that moment goes
 * on, and the guest waits for its end; one that takes longer than {@link
 * org.tenon.spi.Deadlines#control()} is the driver's fault. The host implements it. Any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface DmaLease extends AutoCloseable {
  /** Where the range begins in guest-physical memory. */
  long address();

  /** How long it is, in bytes. */
  long length();

  /** How many parts there are, in order of address; their sizes add up to {@link #length()}. */
  int parts();

  /**
   * A part, the same object each time; read-only without {@link DmaAccess#WRITE}.
   *
   * @param index 0 to {@link #parts()} − 1
   */
  MemorySegment part(int index);

  /** Whether the memory has been taken back. */
  boolean isRevoked();

  /**
   * Says that bytes were written, before the guest is told of them. Without it a guest that
   * executes the bytes, or a copy of a guest that is saved, may miss them. Allocates nothing.
   *
   * @param offset from {@link #address()}, in bytes
   * @param length bytes; what lies outside the lease is ignored
   */
  void written(long offset, long length);

  /** Gives the memory back. A second call does nothing. */
  @Override
  void close();
}
