package org.tenon.hv.nvme;

import java.util.List;

/**
 * An I/O command whose last request the driver has answered and which is not completed, as part of
 * {@link NvmeState}.
 *
 * @param queue the port it went through, from 0
 * @param id the guest's command identifier
 * @param wanted whether the guest waits for it: not so for the flush of a shutdown
 * @param operation what the driver does for it: a code of {@link
 *     org.tenon.spi.block.BlockOperation}
 * @param flags the driver's flags
 * @param firstBlock where it began
 * @param nextBlock where its next request begins
 * @param blocksLeft what is left of the range it works at
 * @param blocksMoved how many blocks it counts as
 * @param flushAfter whether a flush follows
 * @param ranges blocks and counts of further ranges to deallocate, the next one last
 * @param status how the driver has answered: a code of {@link org.tenon.api.Status}
 */
public record IoCommandState(
    int queue,
    int id,
    boolean wanted,
    int operation,
    int flags,
    long firstBlock,
    long nextBlock,
    long blocksLeft,
    long blocksMoved,
    boolean flushAfter,
    List<Long> ranges,
    int status) {
  /** Checks the ranges. */
  public IoCommandState {
    ranges = List.copyOf(ranges);
    boolean valid =
        queue >= 0
            && id >>> 16 == 0
            && operation >= 0
            && blocksLeft >= 0
            && ranges.size() % 2 == 0
            && ranges.size() <= 2 * IoQueue.MOST_RANGES;
    if (!valid) {
      throw new IllegalArgumentException("no NVMe command " + id);
    }
  }
}
