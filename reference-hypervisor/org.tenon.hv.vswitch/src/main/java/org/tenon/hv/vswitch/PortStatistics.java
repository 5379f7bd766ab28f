package org.tenon.hv.vswitch;

/**
 * What has passed a port since it was made. A frame of many segments in one counts once.
 *
 * @param enteredFrames that came in
 * @param enteredBytes of them
 * @param leftFrames that went out
 * @param leftBytes of them
 * @param droppedVlan that came in with a VLAN that does not pass
 * @param droppedFlood that came in for all the others, beyond the limit
 * @param droppedInvalid that came in and were not what their offload said, or had no header
 * @param droppedNoBuffer that were to go out while nobody had room for them
 */
public record PortStatistics(
    long enteredFrames,
    long enteredBytes,
    long leftFrames,
    long leftBytes,
    long droppedVlan,
    long droppedFlood,
    long droppedInvalid,
    long droppedNoBuffer) {}
