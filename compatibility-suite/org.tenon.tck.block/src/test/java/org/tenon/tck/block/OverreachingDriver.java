package org.tenon.tck.block;

import java.io.IOException;
import java.nio.file.Path;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockHost;

/**
 * Two defects: it zeroes one block too many, and calls an operation that it does not know an I/O
 * error.
 */
final class OverreachingDriver extends PlainFileDriver {
  OverreachingDriver(Path path, BlockAgreement agreement, BlockHost host) throws IOException {
    super(path, agreement, host);
  }

  @Override
  void zero(long block, int blocks) throws IOException {
    super.zero(block, (int) Math.min(blocks + 1, geometry().blocks() - block));
  }

  @Override
  int unknown(int operation) {
    return Status.IO_ERROR;
  }
}
