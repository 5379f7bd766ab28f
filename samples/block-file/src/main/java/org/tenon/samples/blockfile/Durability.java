package org.tenon.samples.blockfile;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes changes durable, for all workers together: whoever waits while the file is being forced
 * shares the next force with all others who wait. Blocks; for any thread.
 *
 * <p>After a failed force the system may hold pages for clean that never reached the disk, and a
 * later force would answer well without them. No flush can be vouched for from then on, so every
 * later one fails, too, until the image is opened again.
 */
final class Durability {
  private final ImageFile image;
  private final Runnable onLoss;
  private final AtomicLong asked = new AtomicLong();
  private long forced;
  private volatile boolean lost;

  /**
   * For one image.
   *
   * @param onLoss run once, when a force has failed
   */
  Durability(ImageFile image, Runnable onLoss) {
    this.image = image;
    this.onLoss = onLoss;
  }

  /**
   * Makes durable what was changed before the call.
   *
   * @throws IOException if it is not, or nobody can tell any more
   */
  void force() throws IOException {
    long mine = asked.incrementAndGet();
    synchronized (this) {
      if (lost) {
        throw new IOException("an earlier flush failed: what was written before it may be lost");
      }
      if (forced < mine) {
        long covered = asked.get();
        try {
          image.force();
        } catch (IOException e) {
          lost = true;
          onLoss.run();
          throw e;
        }
        forced = covered;
      }
    }
  }

  /** Whether a force has failed. */
  boolean isLost() {
    return lost;
  }
}
