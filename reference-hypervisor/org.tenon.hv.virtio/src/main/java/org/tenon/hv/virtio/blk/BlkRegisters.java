package org.tenon.hv.virtio.blk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tenon.spi.block.BlockGeometry;

/**
 * The device-specific configuration space, struct virtio_blk_config (VIRTIO 1.2, 5.2.4), up to the
 * fields offered here.
 */
final class BlkRegisters {
  /** Bytes. */
  static final int SIZE = 60;

  /** The only field that a driver writes. */
  static final int WRITEBACK = 32;

  private static final int CAPACITY = 0;
  private static final int SIZE_MAX = 8;
  private static final int SEG_MAX = 12;
  private static final int BLK_SIZE = 20;
  private static final int PHYSICAL_BLOCK_EXP = 24;
  private static final int ALIGNMENT_OFFSET = 25;
  private static final int MIN_IO_SIZE = 26;
  private static final int OPT_IO_SIZE = 28;
  private static final int NUM_QUEUES = 34;
  private static final int MAX_DISCARD_SECTORS = 36;
  private static final int MAX_DISCARD_SEG = 40;
  private static final int DISCARD_SECTOR_ALIGNMENT = 44;
  private static final int MAX_WRITE_ZEROES_SECTORS = 48;
  private static final int MAX_WRITE_ZEROES_SEG = 52;
  private static final int WRITE_ZEROES_MAY_UNMAP = 56;

  private BlkRegisters() {}

  /** The space of a device with these limits and {@code queues} queues; WRITEBACK is 0. */
  static byte[] of(BlockGeometry geometry, BlkLimits limits, int queues) {
    int physicalBlocks = geometry.physicalBlockSize() / geometry.logicalBlockSize();
    ByteBuffer space = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    space.putLong(CAPACITY, limits.capacity());
    space.putInt(SIZE_MAX, limits.maxSegmentBytes());
    space.putInt(SEG_MAX, limits.maxSegments());
    space.putInt(BLK_SIZE, geometry.logicalBlockSize());
    space.put(PHYSICAL_BLOCK_EXP, (byte) Integer.numberOfTrailingZeros(physicalBlocks));
    space.put(ALIGNMENT_OFFSET, (byte) geometry.alignmentOffset());
    space.putShort(MIN_IO_SIZE, (short) physicalBlocks);
    space.putInt(OPT_IO_SIZE, geometry.optimalIoBlocks());
    space.putShort(NUM_QUEUES, (short) queues);
    if (limits.maxDiscardSectors() > 0) {
      space.putInt(MAX_DISCARD_SECTORS, limits.maxDiscardSectors());
      space.putInt(MAX_DISCARD_SEG, 1);
      space.putInt(
          DISCARD_SECTOR_ALIGNMENT, geometry.discardGranularityBlocks() * limits.sectorsPerBlock());
    }
    if (limits.maxWriteZeroesSectors() > 0) {
      space.putInt(MAX_WRITE_ZEROES_SECTORS, limits.maxWriteZeroesSectors());
      space.putInt(MAX_WRITE_ZEROES_SEG, 1);
      space.put(WRITE_ZEROES_MAY_UNMAP, (byte) 1);
    }
    return space.array();
  }
}
