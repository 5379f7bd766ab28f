package org.tenon.spi.block;

import org.tenon.api.Stability;
import org.tenon.spi.Driver;

/** An open block device. Life and threads are those of {@link Driver}. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface BlockDriver extends Driver {
  /**
   * The device's size and limits, from OPENED on. Changes only together with {@link
   * BlockHost#geometryChanged}. Never blocks; callable by any thread.
   */
  BlockGeometry geometry();

  /**
   * What the device is called. The same throughout its life; never blocks; callable by any thread.
   */
  BlockIdentity identity();

  /**
   * A queue, the same object each time.
   *
   * @param index 0 to {@link BlockAgreement#queues()} − 1
   */
  BlockQueue queue(int index);
}
