package org.tenon.samples.blocknbd;

import org.tenon.spi.block.BlockGeometry;

/**
 * What the server said of the export, checked.
 *
 * @param size in bytes
 * @param flags the transmission flags
 * @param minBlock what every request is aligned to, in bytes
 * @param preferredBlock what suits the server, in bytes
 * @param maxPayload the longest read or write, in bytes
 * @param structured whether replies are structured
 */
record Export(
    long size, int flags, int minBlock, int preferredBlock, long maxPayload, boolean structured) {
  /** What holds for a server that does not tell its block sizes. */
  static final int DEFAULT_MIN_BLOCK = 512;

  static final int DEFAULT_PREFERRED_BLOCK = 4096;
  static final long DEFAULT_MAX_PAYLOAD = 32L << 20;

  private static final int MAX_TRANSFER = 1 << 20;
  private static final int MAX_RANGE = 1 << 30;

  /**
   * Checks what came from the network.
   *
   * @throws ProtocolException if it cannot be
   */
  Export checked() throws ProtocolException {
    if (size < 0 || (flags & Nbd.FLAG_HAS_FLAGS) == 0) {
      throw new ProtocolException("the server described no export of a possible size and flags");
    }
    if (Integer.bitCount(minBlock) != 1
        || minBlock < 1
        || minBlock > BlockGeometry.MAX_BLOCK_SIZE
        || Integer.bitCount(preferredBlock) != 1
        || preferredBlock < minBlock
        || maxPayload < minBlock) {
      throw new ProtocolException(
          "the server's block sizes make no sense: minimum %d, preferred %d, maximum %d"
              .formatted(minBlock, preferredBlock, maxPayload));
    }
    return this;
  }

  boolean can(int flag) {
    return (flags & flag) != 0;
  }

  /** The smallest logical block that the server serves, in bytes. */
  int smallestBlock() {
    return Math.max(BlockGeometry.MIN_BLOCK_SIZE, minBlock);
  }

  /** The device that a guest sees. */
  BlockGeometry geometry(int blockSize, boolean readOnly) {
    int transfer = (int) Math.min(MAX_TRANSFER, maxPayload) / blockSize;
    int physical = Math.clamp(preferredBlock, blockSize, BlockGeometry.MAX_BLOCK_SIZE);
    return BlockGeometry.of(size / blockSize, blockSize)
        .physicalBlockSize(physical)
        .discardGranularityBlocks(physical / blockSize)
        .maxTransferBlocks(Math.max(1, transfer))
        .maxDiscardBlocks(MAX_RANGE / blockSize)
        .maxWriteZeroesBlocks(
            can(Nbd.FLAG_SEND_WRITE_ZEROES) ? MAX_RANGE / blockSize : Math.max(1, transfer))
        .readOnly(readOnly || can(Nbd.FLAG_READ_ONLY))
        .build();
  }
}
