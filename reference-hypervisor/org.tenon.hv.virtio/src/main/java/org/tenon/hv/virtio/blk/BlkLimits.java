package org.tenon.hv.virtio.blk;

import org.tenon.spi.block.BlockGeometry;

/**
 * What one request may hold, in the guest's units, derived from the driver's limits so that no
 * request that keeps to them has to be split.
 *
 * @param capacity 512-byte sectors
 * @param sectorsPerBlock sectors in a logical block
 * @param maxSegments the most data segments
 * @param maxSegmentBytes the longest data segment
 * @param maxTransferSectors the most data of a read or write
 * @param maxDiscardSectors the longest discard; 0 without the ability
 * @param maxWriteZeroesSectors the longest write-zeroes; 0 without the ability
 * @param readOnly whether changes are refused
 */
public record BlkLimits(
    long capacity,
    int sectorsPerBlock,
    int maxSegments,
    int maxSegmentBytes,
    long maxTransferSectors,
    int maxDiscardSectors,
    int maxWriteZeroesSectors,
    boolean readOnly) {
  /** Bytes of the unit that the protocol counts in (5.2.4). */
  public static final int SECTOR = 512;

  /** Segments that a Linux guest fills: it does not work with shorter ones than a page. */
  private static final int PAGE = 4096;

  /** The limits of a driver behind queues of {@code queueSize}. */
  static BlkLimits of(
      BlockGeometry geometry, int maxSegments, int queueSize, boolean discard, boolean zeroes) {
    int sectorsPerBlock = geometry.logicalBlockSize() / SECTOR;
    long transfer = (long) geometry.maxTransferBlocks() * geometry.logicalBlockSize();
    // Two descriptors of the queue carry header and status.
    int segments =
        Math.clamp(Math.min(maxSegments, transfer / PAGE), 1, Math.max(1, queueSize - 2));
    long segmentBytes = Math.max(Math.min(transfer, PAGE), (transfer / segments) & -SECTOR);
    return new BlkLimits(
        geometry.blocks() * sectorsPerBlock,
        sectorsPerBlock,
        segments,
        (int) Math.min(segmentBytes, 1 << 30),
        transfer / SECTOR,
        discard ? sectors(geometry.maxDiscardBlocks(), sectorsPerBlock) : 0,
        zeroes ? sectors(geometry.maxWriteZeroesBlocks(), sectorsPerBlock) : 0,
        geometry.readOnly());
  }

  private static int sectors(int blocks, int sectorsPerBlock) {
    int most = Integer.MAX_VALUE / sectorsPerBlock * sectorsPerBlock;
    return (int) Math.min((long) blocks * sectorsPerBlock, most);
  }

  /** Whether a range of sectors lies on the device; any values. */
  boolean contains(long sector, long sectors) {
    return sector >= 0 && sectors >= 0 && sector <= capacity - sectors;
  }
}
