package org.tenon.tck.block.contract;

import java.util.ArrayList;
import java.util.List;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.tck.block.trial.Device;

/** Requests that several groups need. */
final class Requests {
  private Requests() {}

  /** An operation on a range of blocks. */
  @FunctionalInterface
  interface Ranged {
    /** The request for that range. */
    BlockRequest on(long block, int blocks);
  }

  /** One of each agreed operation that moves no data, on the first blocks. */
  static List<BlockRequest> otherThanTransfers(Device device) {
    List<BlockRequest> requests = new ArrayList<>();
    if (device.agreement().has(BlockCapabilities.FLUSH)) {
      requests.add(BlockRequest.flush());
    }
    if (device.agreement().has(BlockCapabilities.DISCARD)) {
      requests.add(BlockRequest.discard(0, 8));
    }
    if (device.agreement().has(BlockCapabilities.WRITE_ZEROES)) {
      requests.add(BlockRequest.writeZeroes(0, 8));
      requests.add(BlockRequest.writeZeroes(0, 8).mayUnmap());
    }
    return requests;
  }
}
