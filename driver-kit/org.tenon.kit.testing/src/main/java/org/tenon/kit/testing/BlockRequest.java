package org.tenon.kit.testing;

import java.util.Arrays;
import org.tenon.api.Stability;
import org.tenon.spi.block.BlockOperation;

/**
 * What a test asks of a block driver. It need not make sense: a test of bad requests makes bad
 * ones. Immutable; each changing method gives a copy.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockRequest {
  private static final byte[] NO_DATA = new byte[0];
  private static final int[] ONE_SEGMENT = new int[0];
  private static final long MOST_MEMORY = 256L << 20;

  private final int operation;
  private final int flags;
  private final long block;
  private final int blocks;
  private final byte[] data;
  private final int[] segments;
  private final int misalignment;

  private BlockRequest(
      int operation,
      int flags,
      long block,
      int blocks,
      byte[] data,
      int[] segments,
      int misalignment) {
    this.operation = operation;
    this.flags = flags;
    this.block = block;
    this.blocks = blocks;
    this.data = data;
    this.segments = segments;
    this.misalignment = misalignment;
  }

  /** Reads {@code blocks} logical blocks from {@code block}. */
  public static BlockRequest read(long block, int blocks) {
    return of(BlockOperation.READ, block, blocks);
  }

  /** Writes {@code data} to {@code blocks} logical blocks from {@code block}. */
  public static BlockRequest write(long block, int blocks, byte[] data) {
    return new BlockRequest(BlockOperation.WRITE, 0, block, blocks, data.clone(), ONE_SEGMENT, 0);
  }

  /** Makes what was written durable. */
  public static BlockRequest flush() {
    return of(BlockOperation.FLUSH, 0, 0);
  }

  /** Gives blocks back. */
  public static BlockRequest discard(long block, int blocks) {
    return of(BlockOperation.DISCARD, block, blocks);
  }

  /** Makes blocks read as zeroes. */
  public static BlockRequest writeZeroes(long block, int blocks) {
    return of(BlockOperation.WRITE_ZEROES, block, blocks);
  }

  /** Any operation code, known or not. */
  public static BlockRequest of(int operation, long block, int blocks) {
    return new BlockRequest(operation, 0, block, blocks, NO_DATA, ONE_SEGMENT, 0);
  }

  /** The same, durable at its completion. */
  public BlockRequest fua() {
    return flags(flags | BlockOperation.FUA);
  }

  /** The same, allowed to give storage back. */
  public BlockRequest mayUnmap() {
    return flags(flags | BlockOperation.MAY_UNMAP);
  }

  /** The same with exactly these flag bits. */
  public BlockRequest flags(int bits) {
    return new BlockRequest(operation, bits, block, blocks, data, segments, misalignment);
  }

  /**
   * The same with its memory cut into segments of these lengths, in bytes, each at least 1; each
   * lies in a region of its own. Without this a read or write has one segment as long as its blocks
   * (or its data), any other operation none. The lengths need not add up to the blocks.
   */
  public BlockRequest segments(int... lengths) {
    if (Arrays.stream(lengths).anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException(
          "a segment is at least 1 byte long, not " + Arrays.toString(lengths));
    }
    return new BlockRequest(operation, flags, block, blocks, data, lengths.clone(), misalignment);
  }

  /** The same with each segment this many bytes past an address that is a multiple of 4096. */
  public BlockRequest misaligned(int bytes) {
    return new BlockRequest(operation, flags, block, blocks, data, segments, bytes);
  }

  /** A code of {@link BlockOperation}, or any other. */
  public int operation() {
    return operation;
  }

  /** Bits of {@link BlockOperation}, or any others. */
  public int flags() {
    return flags;
  }

  /** The first logical block. */
  public long block() {
    return block;
  }

  /** How many logical blocks. */
  public int blocks() {
    return blocks;
  }

  /** What is to be written; empty for all but writes. */
  public byte[] data() {
    return data.clone();
  }

  /** How far each segment lies past an aligned address, in bytes. */
  public int misalignment() {
    return misalignment;
  }

  /**
   * The segment lengths on a device of that block size.
   *
   * @throws IllegalArgumentException if they would need more memory than a test has
   */
  int[] segmentLengths(int logicalBlockSize) {
    if (segments.length > 0) {
      return segments.clone();
    }
    long whole =
        switch (operation) {
          case BlockOperation.WRITE -> data.length;
          case BlockOperation.READ -> (long) Math.max(0, blocks) * logicalBlockSize;
          default -> 0;
        };
    if (whole > MOST_MEMORY) {
      throw new IllegalArgumentException(
          "%s would need %d bytes of memory: give it shorter segments".formatted(this, whole));
    }
    return whole == 0 ? ONE_SEGMENT : new int[] {(int) whole};
  }

  @Override
  public String toString() {
    return "%s block %d + %d%s"
        .formatted(
            BlockOperation.name(operation), block, blocks, flags == 0 ? "" : " flags " + flags);
  }

  /** Whether it moves data at all. */
  boolean transfers() {
    return operation == BlockOperation.READ || operation == BlockOperation.WRITE;
  }
}
