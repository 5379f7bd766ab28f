package org.tenon.hv.virtio.net;

/**
 * What a network device has done since it was made.
 *
 * @param sentFrames that the driver took and sent; one to be cut counts once
 * @param sentBytes of them
 * @param sendDrops that made no sense, or that the driver did not send
 * @param receivedFrames that the guest was given
 * @param receivedBytes of them
 * @param receiveDrops that the guest could not take: too long for one buffer, or joined
 */
public record NetMetrics(
    long sentFrames,
    long sentBytes,
    long sendDrops,
    long receivedFrames,
    long receivedBytes,
    long receiveDrops) {}
