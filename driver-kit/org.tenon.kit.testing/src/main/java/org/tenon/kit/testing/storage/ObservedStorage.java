package org.tenon.kit.testing.storage;

import java.io.IOException;
import org.tenon.api.Stability;

/**
 * The storage below a driver, under observation from its {@link #base()} on. Record first; then,
 * with the driver closed, put images in place and open drivers on them without recording.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface ObservedStorage extends AutoCloseable {
  /** What the driver did since the observation began. */
  StorageLog log();

  /** What the storage held when the observation began. */
  StorageImage base();

  /** The errors to inject. */
  StorageFaults faults();

  /**
   * Puts an image in place of what the storage holds. No driver is open.
   *
   * @throws IOException if the real storage cannot be written
   */
  void restore(StorageImage image) throws IOException;

  /**
   * Whether the log explains what the storage holds: nothing went past the observer. No driver is
   * open.
   *
   * @throws IOException if the real storage cannot be read
   */
  boolean isWhole() throws IOException;

  @Override
  void close();
}
