package org.tenon.hv.nvme;

import org.tenon.spi.block.BlockOperation;

/** Counts what commands did, for the health log and for people. Run-loop thread. */
final class Counters {
  private static final int MEDIA_TYPE = 0x200;

  private long readCommands;
  private long writeCommands;
  private long blocksRead;
  private long blocksWritten;
  private long mediaErrors;
  private long errors;

  void ended(int operation, long blocks, int status) {
    if (status != NvmeStatus.SUCCESS) {
      errors++;
      mediaErrors += (status & 0x700) == MEDIA_TYPE ? 1 : 0;
    } else if (operation == BlockOperation.READ) {
      readCommands++;
      blocksRead += blocks;
    } else if (operation == BlockOperation.WRITE) {
      writeCommands++;
      blocksWritten += blocks;
    }
  }

  /** Goes on from what was saved. */
  void restore(NvmeMetrics saved) {
    readCommands = saved.readCommands();
    writeCommands = saved.writeCommands();
    blocksRead = saved.blocksRead();
    blocksWritten = saved.blocksWritten();
    mediaErrors = saved.mediaErrors();
    errors = saved.errors();
  }

  NvmeMetrics snapshot() {
    return new NvmeMetrics(
        readCommands, writeCommands, blocksRead, blocksWritten, mediaErrors, errors);
  }
}
