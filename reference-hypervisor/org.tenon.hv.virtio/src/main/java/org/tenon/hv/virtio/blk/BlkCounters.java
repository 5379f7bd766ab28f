package org.tenon.hv.virtio.blk;

import org.tenon.spi.block.BlockOperation;

/** Counts for {@link BlkMetrics}; guarded by the queue's monitor. */
final class BlkCounters {
  private long reads;
  private long writes;
  private long flushes;
  private long discards;
  private long bytesRead;
  private long bytesWritten;
  private long errors;
  private long unsupported;

  /** A request has ended; {@code operation} is 0 for one that the driver never saw. */
  void ended(int operation, long bytes, byte status) {
    if (status != BlkRequest.OK) {
      if (status == BlkRequest.UNSUPP) {
        unsupported++;
      } else {
        errors++;
      }
      return;
    }
    switch (operation) {
      case BlockOperation.READ -> {
        reads++;
        bytesRead += bytes;
      }
      case BlockOperation.WRITE -> {
        writes++;
        bytesWritten += bytes;
      }
      case BlockOperation.FLUSH -> flushes++;
      case BlockOperation.DISCARD, BlockOperation.WRITE_ZEROES -> discards++;
      default -> {}
    }
  }

  BlkMetrics snapshot() {
    return new BlkMetrics(
        reads, writes, flushes, discards, bytesRead, bytesWritten, errors, unsupported);
  }
}
