package org.tenon.samples.blockfile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

/**
 * Checks and carries out the requests of one queue. Each worker thread has its own. Data moves
 * straight between guest memory and the file; only a logical block that lies in several pieces of
 * memory is put together first, because it has to be written in one go.
 */
final class RequestRunner {
  private final BlockAgreement agreement;
  private final BlockRequests requests;
  private final ImageFile image;
  private final Durability durability;
  private final BufferViews views = new BufferViews();
  private final MemorySegment block;
  private int blockFill;

  RequestRunner(
      BlockAgreement agreement,
      BlockRequests requests,
      ImageFile image,
      Durability durability,
      int blockSize) {
    this.agreement = agreement;
    this.requests = requests;
    this.image = image;
    this.durability = durability;
    this.block = Arena.ofAuto().allocate(blockSize);
  }

  /**
   * Carries a request out. Blocks; never throws for what the storage does.
   *
   * @param geometry the device as it is now
   * @return the status to complete it with
   */
  int run(int tag, BlockGeometry geometry) {
    int operation = requests.operation(tag);
    int refusal = check(tag, operation, geometry);
    if (refusal != Status.OK) {
      return refusal;
    }
    long position = requests.block(tag) * geometry.logicalBlockSize();
    long length = (long) requests.blocks(tag) * geometry.logicalBlockSize();
    try {
      if (length > 0) {
        move(tag, operation, position, length);
      }
      if (mustBeDurable(tag, operation)) {
        durability.force();
      }
      return Status.OK;
    } catch (IOException e) {
      return ImageFile.statusOf(e);
    }
  }

  private void move(int tag, int operation, long position, long length) throws IOException {
    switch (operation) {
      case BlockOperation.READ -> read(tag, position);
      case BlockOperation.WRITE -> write(tag, position);
      case BlockOperation.DISCARD -> image.discard(position, length);
      case BlockOperation.WRITE_ZEROES ->
          image.zero(position, length, (requests.flags(tag) & BlockOperation.MAY_UNMAP) != 0);
      default -> {}
    }
  }

  /** How many bytes a request moves if it succeeds. */
  long bytesMoved(int tag, BlockGeometry geometry) {
    return switch (requests.operation(tag)) {
      case BlockOperation.READ, BlockOperation.WRITE ->
          (long) requests.blocks(tag) * geometry.logicalBlockSize();
      default -> 0;
    };
  }

  private int check(int tag, int operation, BlockGeometry geometry) {
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
          default -> blocks <= geometry.maxTransferBlocks() && memoryFits(tag, geometry);
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

  private boolean memoryFits(int tag, BlockGeometry geometry) {
    int segments = requests.segments(tag);
    long rest = (long) requests.blocks(tag) * geometry.logicalBlockSize();
    for (int i = 0; i < segments && rest >= 0; i++) {
      long length = requests.length(tag, i);
      rest = length < 1 ? -1 : rest - length;
    }
    return segments <= geometry.maxSegments() && rest == 0;
  }

  /** Without a flush to follow, every change is durable when it completes. */
  private boolean mustBeDurable(int tag, int operation) {
    return switch (operation) {
      case BlockOperation.FLUSH -> true;
      case BlockOperation.READ -> false;
      default ->
          (requests.flags(tag) & BlockOperation.FUA) != 0
              || !agreement.has(BlockCapabilities.FLUSH);
    };
  }

  private void read(int tag, long position) throws IOException {
    int segments = requests.segments(tag);
    long at = position;
    for (int i = 0; i < segments; i = endOfRun(tag, i)) {
      long length = lengthOf(tag, i, endOfRun(tag, i));
      image.read(views.view(requests.memory(tag, i), requests.offset(tag, i), length), at);
      at += length;
    }
  }

  private void write(int tag, long position) throws IOException {
    int segments = requests.segments(tag);
    long at = position;
    blockFill = 0;
    for (int i = 0; i < segments; i = endOfRun(tag, i)) {
      long length = lengthOf(tag, i, endOfRun(tag, i));
      at = writeRun(requests.memory(tag, i), requests.offset(tag, i), length, at);
    }
  }

  /**
   * The first segment after {@code first} that does not follow its predecessor in memory: the
   * system is called once a run.
   */
  // Identity is meant: the host hands out the same object for the same region of guest memory.
  @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"})
  private int endOfRun(int tag, int first) {
    int segments = requests.segments(tag);
    int next = first + 1;
    while (next < segments
        && requests.memory(tag, next) == requests.memory(tag, first)
        && requests.offset(tag, next)
            == requests.offset(tag, next - 1) + requests.length(tag, next - 1)) {
      next++;
    }
    return next;
  }

  private long lengthOf(int tag, int first, int end) {
    long length = 0;
    for (int i = first; i < end; i++) {
      length += requests.length(tag, i);
    }
    return length;
  }

  /**
   * Writes the whole blocks of a run from where they lie, and gathers the ends that share a block
   * with its neighbours.
   */
  private long writeRun(MemorySegment memory, long offset, long length, long position)
      throws IOException {
    long at = position;
    long done = 0;
    if (blockFill > 0) {
      done = gather(memory, offset, length);
      if (blockFill < block.byteSize()) {
        return at;
      }
      image.write(views.view(block, 0, blockFill), at);
      at += blockFill;
      blockFill = 0;
    }
    long whole = (length - done) / block.byteSize() * block.byteSize();
    if (whole > 0) {
      image.write(views.view(memory, offset + done, whole), at);
    }
    gather(memory, offset + done + whole, length - done - whole);
    return at + whole;
  }

  private long gather(MemorySegment memory, long offset, long length) {
    long taken = Math.min(length, block.byteSize() - blockFill);
    MemorySegment.copy(memory, offset, block, blockFill, taken);
    blockFill += (int) taken;
    return taken;
  }
}
