package org.tenon.spi.block;

import org.tenon.api.Stability;
import org.tenon.spi.Host;

/** What surrounds a block driver. Implemented by the host; callable as {@link Host} says. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface BlockHost extends Host {
  /**
   * The requests in flight on a queue; the same object each time.
   *
   * @param queue 0 to {@link BlockAgreement#queues()} − 1
   */
  BlockRequests requests(int queue);

  /**
   * Ends a request. Once for each accepted tag, from any thread, also from within {@link
   * BlockQueue#submit}. From this call on the tag and its memory are no longer the driver's. Never
   * blocks, never calls the driver back, never throws: a completion that breaks the rules is
   * recorded as the driver's fault.
   *
   * @param queue where the request was submitted
   * @param tag which request
   * @param status a code of {@link org.tenon.api.Status}
   * @param bytes how many bytes were moved: for {@code OK} the whole length of a read or write and
   *     0 for other operations; for an error how many are known to have been moved, usually 0
   */
  void complete(int queue, int tag, int status, long bytes);

  /** Asks the host to offer again what {@link BlockQueue#submit} did not accept. */
  void queueReady(int queue);

  /**
   * Tells that the device's size has changed. Needs {@link BlockCapabilities#RESIZE}; from this
   * call on {@link BlockDriver#geometry()} answers the same.
   *
   * @param now differs from before in {@link BlockGeometry#blocks()} only
   */
  void geometryChanged(BlockGeometry now);
}
