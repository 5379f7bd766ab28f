package org.tenon.hv.nvme;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;

/**
 * The one namespace: what the controller tells of the storage behind it. A snapshot, which is made
 * anew when the driver reports another size.
 *
 * @param geometry the driver's
 * @param identity the driver's
 * @param volatileCache whether completed writes need a flush to be durable
 * @param fua whether the driver makes single writes durable
 * @param discard whether blocks can be deallocated
 * @param writeZeroes whether blocks can be zeroed without data
 * @param transferPages the longest transfer in memory pages, a power of two
 */
record Namespace(
    BlockGeometry geometry,
    BlockIdentity identity,
    boolean volatileCache,
    boolean fua,
    boolean discard,
    boolean writeZeroes,
    int transferPages) {
  /** Its id. */
  static final int ID = 1;

  /** The id that stands for every namespace. */
  static final int ALL = -1;

  private static final int SMALLEST_SEGMENTS = 3;

  /**
   * The namespace of a driver.
   *
   * @throws IllegalArgumentException when the driver takes too little at a time
   */
  static Namespace of(BlockAttachment attachment, GuestMemory memory) {
    BlockGeometry geometry = attachment.geometry();
    long bytes = (long) geometry.maxTransferBlocks() * geometry.logicalBlockSize();
    // A transfer that starts inside a page touches one page more, and one more for each further
    // region of RAM, because no segment lies in two.
    int segments = attachment.maxSegments() - memory.regionCount();
    if (bytes < DataPointer.PAGE || segments < 1) {
      throw new IllegalArgumentException(
          "an NVMe disk needs a driver that takes %d segments and %d bytes at a time, not %d and %d"
              .formatted(SMALLEST_SEGMENTS, DataPointer.PAGE, attachment.maxSegments(), bytes));
    }
    int pages = Integer.highestOneBit((int) Math.min(segments, bytes / DataPointer.PAGE));
    var agreed = attachment.agreement();
    return new Namespace(
        geometry,
        attachment.identity(),
        agreed.has(BlockCapabilities.FLUSH),
        agreed.has(BlockCapabilities.FUA),
        agreed.has(BlockCapabilities.DISCARD),
        agreed.has(BlockCapabilities.WRITE_ZEROES),
        pages);
  }

  /** A name for the storage that is the same whenever it is opened. */
  UUID uuid() {
    String text = identity.vendor() + '\n' + identity.product() + '\n' + identity.serial();
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether a range of blocks lies in the namespace; any values. */
  boolean contains(long block, long blocks) {
    return block >= 0 && blocks >= 0 && block <= geometry.blocks() - blocks;
  }

  long maxTransferBlocks() {
    return (long) transferPages * DataPointer.PAGE / geometry.logicalBlockSize();
  }
}
