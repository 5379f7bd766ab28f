package org.tenon.hv.virtio.blk;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What is saved of a block device beside the common part ({@link org.tenon.hv.virtio.VirtioState})
 * and the driver's own state.
 *
 * @param features what was agreed; 0 before FEATURES_OK
 * @param writeback the cache mode that the guest sees
 * @param requests those that the driver has answered and the guest has not got back, for each queue
 *     in the order of staging
 */
@StateFormat(name = "virtio-blk", version = 1)
public record BlkState(long features, boolean writeback, List<Request> requests) {
  /** Copies the list. */
  public BlkState {
    requests = List.copyOf(requests);
  }

  /**
   * One request.
   *
   * @param queue which queue it came in
   * @param id what the guest knows its buffer by
   * @param slots how many descriptors of the ring the buffer takes
   * @param operation what the driver did: a code of {@link org.tenon.spi.block.BlockOperation}
   * @param dataBytes how much data
   * @param flushAfter whether a flush follows before the guest hears of it
   * @param statusAddress where its status goes, or {@link #FORGOTTEN}
   * @param status how the driver has answered: a code of {@link org.tenon.api.Status}
   */
  public record Request(
      int queue,
      int id,
      int slots,
      int operation,
      long dataBytes,
      boolean flushAfter,
      long statusAddress,
      int status) {
    /** The address of a request that the guest has forgotten by a reset of its queue. */
    public static final long FORGOTTEN = -1;

    /** Checks the ranges. */
    public Request {
      boolean valid =
          queue >= 0
              && id >>> 16 == 0
              && slots >= 1
              && slots >>> 16 == 0
              && operation >= 0
              && dataBytes >= 0
              && dataBytes <= 1L << 32;
      if (!valid) {
        throw new IllegalArgumentException("no request of a virtio block device");
      }
    }
  }
}
