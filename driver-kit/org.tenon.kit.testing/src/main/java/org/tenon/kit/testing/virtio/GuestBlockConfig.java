package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/**
 * What a virtio-blk device says of itself (VIRTIO 1.2 section 5.2.4). A field counts only if its
 * feature was taken.
 *
 * @param sectors the capacity, in sectors of 512 bytes
 * @param sizeMax the longest segment, in bytes
 * @param segMax the most segments of a request
 * @param blockSize the logical block, in bytes
 * @param physicalBlockExponent how many logical blocks a physical one has, as a power of two
 * @param alignmentOffset the first aligned logical block
 * @param minIoBlocks the smallest transfer that is not slow, in logical blocks
 * @param optimalIoBlocks the best transfer, in logical blocks
 * @param queues how many request queues
 * @param maxDiscardSectors the longest discard
 * @param maxDiscardSegments the most ranges of one discard
 * @param discardSectorAlignment the unit of discards
 * @param maxWriteZeroesSectors the longest write-zeroes
 * @param maxWriteZeroesSegments the most ranges of one write-zeroes
 * @param writeZeroesMayUnmap whether a write-zeroes may give storage back
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestBlockConfig(
    long sectors,
    int sizeMax,
    int segMax,
    int blockSize,
    int physicalBlockExponent,
    int alignmentOffset,
    int minIoBlocks,
    int optimalIoBlocks,
    int queues,
    int maxDiscardSectors,
    int maxDiscardSegments,
    int discardSectorAlignment,
    int maxWriteZeroesSectors,
    int maxWriteZeroesSegments,
    boolean writeZeroesMayUnmap) {
  /** Reads it, again if the device changed it meanwhile (section 2.5.1). */
  public static GuestBlockConfig read(VirtioTransport device) {
    while (true) {
      int before = device.configGeneration();
      GuestBlockConfig read = readOnce(device);
      if (device.configGeneration() == before) {
        return read;
      }
    }
  }

  private static GuestBlockConfig readOnce(VirtioTransport device) {
    return new GuestBlockConfig(
        device.readConfig(0, 8),
        (int) device.readConfig(8, 4),
        (int) device.readConfig(12, 4),
        (int) device.readConfig(20, 4),
        (int) device.readConfig(24, 1),
        (int) device.readConfig(25, 1),
        (int) device.readConfig(26, 2),
        (int) device.readConfig(28, 4),
        (int) device.readConfig(34, 2),
        (int) device.readConfig(36, 4),
        (int) device.readConfig(40, 4),
        (int) device.readConfig(44, 4),
        (int) device.readConfig(48, 4),
        (int) device.readConfig(52, 4),
        device.readConfig(56, 1) != 0);
  }
}
