package org.tenon.spi.block;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * The size and the limits of a device. Counts are in logical blocks unless said otherwise.
 * Immutable; made with {@link #of} and changed copies.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class BlockGeometry {
  /** The smallest logical block, in bytes. */
  public static final int MIN_BLOCK_SIZE = 512;

  /** The largest logical or physical block, in bytes. */
  public static final int MAX_BLOCK_SIZE = 65_536;

  private final long blocks;
  private final int logicalBlockSize;
  private final int physicalBlockSize;
  private final int alignmentOffset;
  private final int optimalIoBlocks;
  private final int maxTransferBlocks;
  private final int maxSegments;
  private final int maxDiscardBlocks;
  private final int discardGranularityBlocks;
  private final int maxWriteZeroesBlocks;
  private final boolean readOnly;

  private BlockGeometry(Builder b) {
    blocks = b.blocks;
    logicalBlockSize = b.logicalBlockSize;
    physicalBlockSize = b.physicalBlockSize;
    alignmentOffset = b.alignmentOffset;
    optimalIoBlocks = b.optimalIoBlocks;
    maxTransferBlocks = b.maxTransferBlocks;
    maxSegments = b.maxSegments;
    maxDiscardBlocks = b.maxDiscardBlocks;
    discardGranularityBlocks = b.discardGranularityBlocks;
    maxWriteZeroesBlocks = b.maxWriteZeroesBlocks;
    readOnly = b.readOnly;
    check();
  }

  /**
   * A writable device with a physical block like the logical one, transfers up to 1 MiB in up to
   * 128 segments, discards and write-zeroes up to 4 GiB, and no preference.
   *
   * @param blocks the size, from 0
   * @param logicalBlockSize in bytes: a power of two from {@value #MIN_BLOCK_SIZE} to {@value
   *     #MAX_BLOCK_SIZE}
   */
  public static Builder of(long blocks, int logicalBlockSize) {
    return new Builder(blocks, logicalBlockSize);
  }

  /** The same but for the size. */
  public BlockGeometry withBlocks(long now) {
    Builder copy = new Builder(now, logicalBlockSize);
    copy.physicalBlockSize = physicalBlockSize;
    copy.alignmentOffset = alignmentOffset;
    copy.optimalIoBlocks = optimalIoBlocks;
    copy.maxTransferBlocks = maxTransferBlocks;
    copy.maxSegments = maxSegments;
    copy.maxDiscardBlocks = maxDiscardBlocks;
    copy.discardGranularityBlocks = discardGranularityBlocks;
    copy.maxWriteZeroesBlocks = maxWriteZeroesBlocks;
    copy.readOnly = readOnly;
    return copy.build();
  }

  /** The size. */
  public long blocks() {
    return blocks;
  }

  /** The size, in bytes. */
  public long bytes() {
    return blocks * logicalBlockSize;
  }

  /** The unit of every request, in bytes; it is written whole or not at all. */
  public int logicalBlockSize() {
    return logicalBlockSize;
  }

  /**
   * What the storage writes without reading first, in bytes; a power-of-two multiple of the logical
   * block.
   */
  public int physicalBlockSize() {
    return physicalBlockSize;
  }

  /** The first logical block that starts a physical one; less than a physical block. */
  public int alignmentOffset() {
    return alignmentOffset;
  }

  /** The transfer that suits the storage best; 0 for no preference. */
  public int optimalIoBlocks() {
    return optimalIoBlocks;
  }

  /** The longest read or write, from 1. */
  public int maxTransferBlocks() {
    return maxTransferBlocks;
  }

  /** The most memory segments of one request, from 1. */
  public int maxSegments() {
    return maxSegments;
  }

  /** The longest discard, from 1. */
  public int maxDiscardBlocks() {
    return maxDiscardBlocks;
  }

  /**
   * The unit in which storage is given back, from 1; other discards are allowed and may do less.
   */
  public int discardGranularityBlocks() {
    return discardGranularityBlocks;
  }

  /** The longest write-zeroes, from 1. */
  public int maxWriteZeroesBlocks() {
    return maxWriteZeroesBlocks;
  }

  /** Whether every change is refused with {@link org.tenon.api.Status#READ_ONLY}. */
  public boolean readOnly() {
    return readOnly;
  }

  /** Whether the range lies on the device; false for negative numbers, never overflows. */
  public boolean contains(long block, int count) {
    return block >= 0 && count >= 0 && block <= blocks - count;
  }

  private void check() {
    require(blocks >= 0 && blocks <= Long.MAX_VALUE / MAX_BLOCK_SIZE, "blocks", blocks);
    require(isBlockSize(logicalBlockSize), "logicalBlockSize", logicalBlockSize);
    require(
        isBlockSize(physicalBlockSize) && physicalBlockSize >= logicalBlockSize,
        "physicalBlockSize",
        physicalBlockSize);
    require(
        alignmentOffset >= 0 && alignmentOffset < physicalBlockSize / logicalBlockSize,
        "alignmentOffset",
        alignmentOffset);
    require(optimalIoBlocks >= 0, "optimalIoBlocks", optimalIoBlocks);
    require(maxTransferBlocks >= 1, "maxTransferBlocks", maxTransferBlocks);
    require(maxSegments >= 1, "maxSegments", maxSegments);
    require(maxDiscardBlocks >= 1, "maxDiscardBlocks", maxDiscardBlocks);
    require(discardGranularityBlocks >= 1, "discardGranularityBlocks", discardGranularityBlocks);
    require(maxWriteZeroesBlocks >= 1, "maxWriteZeroesBlocks", maxWriteZeroesBlocks);
  }

  private static boolean isBlockSize(int bytes) {
    return bytes >= MIN_BLOCK_SIZE && bytes <= MAX_BLOCK_SIZE && Integer.bitCount(bytes) == 1;
  }

  private static void require(boolean holds, String field, long value) {
    if (!holds) {
      throw new IllegalArgumentException("a block geometry cannot have " + field + " = " + value);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BlockGeometry g
        && blocks == g.blocks
        && logicalBlockSize == g.logicalBlockSize
        && physicalBlockSize == g.physicalBlockSize
        && alignmentOffset == g.alignmentOffset
        && optimalIoBlocks == g.optimalIoBlocks
        && maxTransferBlocks == g.maxTransferBlocks
        && maxSegments == g.maxSegments
        && maxDiscardBlocks == g.maxDiscardBlocks
        && discardGranularityBlocks == g.discardGranularityBlocks
        && maxWriteZeroesBlocks == g.maxWriteZeroesBlocks
        && readOnly == g.readOnly;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        blocks, logicalBlockSize, physicalBlockSize, maxTransferBlocks, maxSegments, readOnly);
  }

  @Override
  public String toString() {
    return "%d blocks of %d bytes%s"
        .formatted(blocks, logicalBlockSize, readOnly ? ", read-only" : "");
  }

  /** Collects limits. For one thread. */
  public static final class Builder {
    private final long blocks;
    private final int logicalBlockSize;
    private int physicalBlockSize;
    private int alignmentOffset;
    private int optimalIoBlocks;
    private int maxTransferBlocks;
    private int maxSegments = 128;
    private int maxDiscardBlocks;
    private int discardGranularityBlocks = 1;
    private int maxWriteZeroesBlocks;
    private boolean readOnly;

    private Builder(long blocks, int logicalBlockSize) {
      this.blocks = blocks;
      this.logicalBlockSize = logicalBlockSize;
      this.physicalBlockSize = logicalBlockSize;
      int unit = Math.max(1, logicalBlockSize);
      this.maxTransferBlocks = Math.max(1, (1 << 20) / unit);
      this.maxDiscardBlocks = (int) ((1L << 32) / unit);
      this.maxWriteZeroesBlocks = maxDiscardBlocks;
    }

    /** See {@link BlockGeometry#physicalBlockSize()}. */
    public Builder physicalBlockSize(int bytes) {
      physicalBlockSize = bytes;
      return this;
    }

    /** See {@link BlockGeometry#alignmentOffset()}. */
    public Builder alignmentOffset(int logicalBlocks) {
      alignmentOffset = logicalBlocks;
      return this;
    }

    /** See {@link BlockGeometry#optimalIoBlocks()}. */
    public Builder optimalIoBlocks(int count) {
      optimalIoBlocks = count;
      return this;
    }

    /** See {@link BlockGeometry#maxTransferBlocks()}. */
    public Builder maxTransferBlocks(int count) {
      maxTransferBlocks = count;
      return this;
    }

    /** See {@link BlockGeometry#maxSegments()}. */
    public Builder maxSegments(int count) {
      maxSegments = count;
      return this;
    }

    /** See {@link BlockGeometry#maxDiscardBlocks()}. */
    public Builder maxDiscardBlocks(int count) {
      maxDiscardBlocks = count;
      return this;
    }

    /** See {@link BlockGeometry#discardGranularityBlocks()}. */
    public Builder discardGranularityBlocks(int count) {
      discardGranularityBlocks = count;
      return this;
    }

    /** See {@link BlockGeometry#maxWriteZeroesBlocks()}. */
    public Builder maxWriteZeroesBlocks(int count) {
      maxWriteZeroesBlocks = count;
      return this;
    }

    /** See {@link BlockGeometry#readOnly()}. */
    public Builder readOnly(boolean refusesChanges) {
      readOnly = refusesChanges;
      return this;
    }

    /**
     * The geometry.
     *
     * @throws IllegalArgumentException if a limit is out of its range; the message names it
     */
    public BlockGeometry build() {
      return new BlockGeometry(this);
    }
  }
}
