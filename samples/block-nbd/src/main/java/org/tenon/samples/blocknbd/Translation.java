package org.tenon.samples.blocknbd;

import org.tenon.api.Status;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

/**
 * Between the words of the SPI and those of NBD: requests to commands, the server's errors to
 * statuses. Immutable.
 */
final class Translation {
  /**
   * What {@link #translate} answers for a request that has become a command; no status is negative.
   */
  static final int SEND = -1;

  private final BlockAgreement agreement;
  private final boolean writeThrough;

  Translation(BlockAgreement agreement, boolean writeThrough) {
    this.agreement = agreement;
    this.writeThrough = writeThrough || !agreement.has(BlockCapabilities.FLUSH);
  }

  /**
   * Checks a request and makes a command of it.
   *
   * @return {@link #SEND}, or the status to complete the request with at once
   */
  int translate(
      Exchange into, BlockRequests requests, int tag, BlockGeometry geometry, Export export) {
    int operation = requests.operation(tag);
    int status = check(requests, tag, operation, geometry);
    int blocks = operation == BlockOperation.FLUSH ? 0 : requests.blocks(tag);
    if (status != Status.OK || (blocks == 0 && operation != BlockOperation.FLUSH)) {
      return status;
    }
    into.offset = blocks == 0 ? 0 : requests.block(tag) * geometry.logicalBlockSize();
    into.length = (long) blocks * geometry.logicalBlockSize();
    into.commandFlags = 0;
    switch (operation) {
      case BlockOperation.READ -> into.command = Nbd.CMD_READ;
      case BlockOperation.WRITE -> into.command = Nbd.CMD_WRITE;
      case BlockOperation.FLUSH -> into.command = Nbd.CMD_FLUSH;
      case BlockOperation.DISCARD -> into.command = Nbd.CMD_TRIM;
      default -> writeZeroes(into, requests.flags(tag), export);
    }
    boolean moves = operation == BlockOperation.READ || operation == BlockOperation.WRITE;
    into.bytes = moves ? into.length : 0;
    if (into.changes() && (writeThrough || (requests.flags(tag) & BlockOperation.FUA) != 0)) {
      makeDurable(into, export);
    }
    return canSend(into.command, export) ? SEND : Status.OK;
  }

  /** A server without the command for zeroes gets them as data. */
  private static void writeZeroes(Exchange into, int flags, Export export) {
    if (!export.can(Nbd.FLAG_SEND_WRITE_ZEROES)) {
      into.command = Nbd.CMD_WRITE;
    } else {
      into.command = Nbd.CMD_WRITE_ZEROES;
      into.commandFlags = (flags & BlockOperation.MAY_UNMAP) != 0 ? 0 : Nbd.CMD_FLAG_NO_HOLE;
    }
  }

  private static void makeDurable(Exchange into, Export export) {
    if (export.can(Nbd.FLAG_SEND_FUA)) {
      into.commandFlags |= Nbd.CMD_FLAG_FUA;
    } else {
      into.flushFollows = export.can(Nbd.FLAG_SEND_FLUSH);
    }
  }

  /**
   * Whether the server knows the command. One that does not know flush has nothing to flush; one
   * that does not know trim keeps the blocks as they are, which the contract permits.
   */
  private static boolean canSend(int command, Export export) {
    return switch (command) {
      case Nbd.CMD_FLUSH -> export.can(Nbd.FLAG_SEND_FLUSH);
      case Nbd.CMD_TRIM -> export.can(Nbd.FLAG_SEND_TRIM);
      default -> true;
    };
  }

  private int check(BlockRequests requests, int tag, int operation, BlockGeometry geometry) {
    if (!isAgreed(operation)) {
      return Status.UNSUPPORTED;
    }
    if (operation == BlockOperation.FLUSH) {
      return Status.OK;
    }
    if (geometry.readOnly() && operation != BlockOperation.READ) {
      return Status.READ_ONLY;
    }
    int blocks = requests.blocks(tag);
    if (!geometry.contains(requests.block(tag), blocks)) {
      return Status.OUT_OF_RANGE;
    }
    boolean fits =
        switch (operation) {
          case BlockOperation.DISCARD -> blocks <= geometry.maxDiscardBlocks();
          case BlockOperation.WRITE_ZEROES -> blocks <= geometry.maxWriteZeroesBlocks();
          default -> blocks <= geometry.maxTransferBlocks() && memoryFits(requests, tag, geometry);
        };
    return fits ? Status.OK : Status.INVALID;
  }

  private boolean isAgreed(int operation) {
    return switch (operation) {
      case BlockOperation.READ, BlockOperation.WRITE -> true;
      case BlockOperation.FLUSH -> agreement.has(BlockCapabilities.FLUSH);
      case BlockOperation.DISCARD -> agreement.has(BlockCapabilities.DISCARD);
      case BlockOperation.WRITE_ZEROES -> agreement.has(BlockCapabilities.WRITE_ZEROES);
      default -> false;
    };
  }

  private static boolean memoryFits(BlockRequests requests, int tag, BlockGeometry geometry) {
    int segments = requests.segments(tag);
    long rest = (long) requests.blocks(tag) * geometry.logicalBlockSize();
    for (int i = 0; i < segments && rest >= 0; i++) {
      long length = requests.length(tag, i);
      rest = length < 1 ? -1 : rest - length;
    }
    return segments <= geometry.maxSegments() && rest == 0;
  }

  /** The status for a server's error. */
  static int statusOf(int command, int error) {
    return switch (error) {
      case 0 -> Status.OK;
      case Nbd.EPERM -> Status.DENIED;
      case Nbd.ENOSPC -> Status.NO_SPACE;
      case Nbd.ENOTSUP -> command == Nbd.CMD_TRIM ? Status.OK : Status.IO_ERROR;
      default -> Status.IO_ERROR;
    };
  }
}
