package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/**
 * The clauses that hold where a host offers tags to a driver.
 *
 * @param call the driver's method
 * @param things what is offered, for messages: requests, frames, buffers
 */
record PortRules(
    String call,
    String things,
    ClauseId prefix,
    ClauseId doesNotBlock,
    ClauseId queueReady,
    ClauseId batchIsOver,
    ClauseId exactlyOnce,
    ClauseId nothingUnknown) {
  /** Requests of a block driver. */
  static final PortRules SUBMIT =
      new PortRules(
          "submit",
          "requests",
          BlockClauses.PREFIX,
          BlockClauses.SUBMIT_DOES_NOT_BLOCK,
          BlockClauses.QUEUE_READY,
          BlockClauses.BATCH_IS_OVER,
          BlockClauses.EXACTLY_ONCE,
          BlockClauses.NOTHING_UNKNOWN);

  /** Frames that a card sends. */
  static final PortRules TRANSMIT = ofNic("transmit", "frames", NicClauses.FRAMES_ONCE);

  /** Buffers for frames that come. */
  static final PortRules POST = ofNic("post", "buffers", NicClauses.BUFFERS_ONCE);

  private static PortRules ofNic(String call, String things, ClauseId exactlyOnce) {
    return new PortRules(
        call,
        things,
        NicClauses.PREFIX,
        NicClauses.DOES_NOT_BLOCK,
        NicClauses.QUEUE_READY,
        NicClauses.BATCH_IS_OVER,
        exactlyOnce,
        NicClauses.NOTHING_UNKNOWN);
  }
}
