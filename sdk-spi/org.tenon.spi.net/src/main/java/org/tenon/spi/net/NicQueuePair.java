package org.tenon.spi.net;

import org.tenon.api.Stability;

/**
 * Where the host hands over frames to send, and memory for those to come. One thread at a time
 * calls {@link #transmit} of one pair, and one {@link #post}; the two, and different pairs, may be
 * called at the same time. Called in RUNNING only. Neither blocks, neither throws.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicQueuePair {
  /**
   * Accepts frames to send from the front of the batch. A frame shorter than an Ethernet header, or
   * longer than the card sends, is accepted like others and comes back as {@link
   * org.tenon.api.Status#INVALID}; while the link is down frames come back as {@link
   * org.tenon.api.Status#NOT_READY}.
   *
   * <p>If not all are accepted, the host offers the rest again after the next frame of this queue
   * has come back, or when the driver calls {@link NicHost#queueReady}; a driver that refuses while
   * it has no frame in flight must call it.
   *
   * @param batch valid during the call only
   * @return how many were accepted, 0 to {@code batch.size()}; a frame that came back during the
   *     call counts as accepted
   */
  int transmit(NicBatch batch);

  /**
   * Accepts memory for frames to come, from the front of the batch; frames fill it in the order of
   * acceptance. The rule for what is not accepted is that of {@link #transmit}.
   *
   * @param batch valid during the call only
   * @return how many were accepted, 0 to {@code batch.size()}
   */
  int post(NicBatch batch);
}
