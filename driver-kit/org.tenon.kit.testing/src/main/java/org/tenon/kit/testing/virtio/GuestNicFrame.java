package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/**
 * A frame that has arrived at a guest.
 *
 * @param pair on which pair of queues
 * @param header what stood before it
 * @param bytes the frame, from its destination address on
 */
@SuppressWarnings("ArrayRecordComponent") // Frames are compared by their bytes.
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestNicFrame(int pair, GuestNicHeader header, byte[] bytes) {}
