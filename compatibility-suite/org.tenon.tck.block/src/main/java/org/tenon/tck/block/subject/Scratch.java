package org.tenon.tck.block.subject;

import java.io.IOException;
import java.nio.file.Path;
import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.Ticks;

/** Storage for one test. For one thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Scratch extends AutoCloseable {
  /** The way to it that a user would take. */
  Reach direct();

  /**
   * Puts it under observation. No driver is open on it.
   *
   * @param ticks the order in which the observer counts
   * @throws IOException if the storage cannot be read
   */
  Observed observe(Ticks ticks) throws IOException;

  /** The raw image in which its contents end up. */
  Path image();

  /**
   * Makes it larger or smaller, as an administrator would behind the driver's back.
   *
   * @param bytes the new size
   * @throws IOException if the storage refuses
   */
  void resize(long bytes) throws IOException;

  /** Gives it back. No driver is open on it. */
  @Override
  void close();
}
