package org.tenon.spi.net;

import org.tenon.api.Stability;

/**
 * What a driver has done since it was opened. Counters never go back, also over a reset.
 *
 * @param sentFrames that left, segments counted singly
 * @param sentBytes of them
 * @param sendErrors frames that came back with another status than OK
 * @param receivedFrames that were handed to the host
 * @param receivedBytes of them
 * @param droppedNoBuffer that came while no buffer, or none large enough, was posted
 * @param droppedTooLong that came longer than {@link NicProperties#maxFrameBytes()}
 * @param receiveErrors that came damaged
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NicStatistics(
    long sentFrames,
    long sentBytes,
    long sendErrors,
    long receivedFrames,
    long receivedBytes,
    long droppedNoBuffer,
    long droppedTooLong,
    long receiveErrors) {}
