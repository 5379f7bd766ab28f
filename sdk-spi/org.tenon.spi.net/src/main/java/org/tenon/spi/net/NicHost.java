package org.tenon.spi.net;

import org.tenon.api.Stability;
import org.tenon.spi.Host;

/**
 * What surrounds a NIC driver. Implemented by the host; callable as {@link Host} says. Calls that
 * break the rules are recorded as the driver's fault; none blocks, throws, or calls the driver
 * back.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicHost extends Host {
  /**
   * Flag of {@link #received}: the frame goes on in the next buffer that is received on this queue.
   * Needs {@link NicCapabilities#SCATTERED_RECEIVE}.
   */
  int MORE = 1;

  /**
   * The frames to send that are in flight on a pair of queues; the same object each time.
   *
   * @param queue 0 to {@link NicAgreement#queuePairs()} − 1
   */
  NicFrames frames(int queue);

  /**
   * The buffers in flight on a pair of queues; the same object each time.
   *
   * @param queue 0 to {@link NicAgreement#queuePairs()} − 1
   */
  NicMemory buffers(int queue);

  /**
   * Gives a frame back: once for each tag that {@link NicQueuePair#transmit} accepted, from any
   * thread, in any order. From this call on the tag and its memory are no longer the driver's.
   *
   * @param status a code of {@link org.tenon.api.Status}; OK once the frame is on its way
   */
  void transmitted(int queue, int tag, int status);

  /**
   * Gives a buffer back with a frame, or with a part of one. One thread at a time calls it for one
   * queue, so that the parts of a frame follow one another. From this call on the tag and its
   * memory are no longer the driver's.
   *
   * @param bytes how many were written, from the front of the buffer; at least 1, at most its
   *     length. Every buffer but a frame's last is full
   * @param flags {@link #MORE} or 0
   * @param offload what the frame asks and promises, as {@link NicOffload} packs it; agreed things
   *     only, and the same for all parts of a frame
   */
  void received(int queue, int tag, int bytes, int flags, long offload);

  /** Gives a buffer back that holds no frame. In quiesce, reset and close only; from any thread. */
  void returned(int queue, int tag);

  /** Asks the host to offer again what {@link NicQueuePair} did not accept. */
  void queueReady(int queue);

  /**
   * Tells that the link has changed. Needs {@link NicCapabilities#LINK_STATE}; from this call on
   * {@link NicDriver#link()} answers the same.
   */
  void linkChanged(NicLink now);
}
