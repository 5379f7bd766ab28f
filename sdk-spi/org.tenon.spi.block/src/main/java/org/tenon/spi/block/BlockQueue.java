package org.tenon.spi.block;

import org.tenon.api.Stability;

/**
 * Where the host submits. One thread at a time submits to one queue; different queues may be
 * submitted to at the same time. The host submits in RUNNING only.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
@FunctionalInterface
public interface BlockQueue {
  /**
   * Accepts requests from the front of the batch. Never blocks, never throws. Malformed requests
   * are accepted like others and completed with an error status.
   *
   * <p>If not all are accepted, the host offers the rest again after the next completion on this
   * queue, or when the driver calls {@link BlockHost#queueReady}; a driver that refuses while it
   * has nothing in flight must call it.
   *
   * @param batch valid during the call only
   * @return how many were accepted, 0 to {@code batch.size()}; a request that was completed during
   *     the call counts as accepted
   */
  int submit(BlockBatch batch);
}
