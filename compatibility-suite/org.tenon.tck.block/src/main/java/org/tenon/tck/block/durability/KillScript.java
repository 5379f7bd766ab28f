package org.tenon.tck.block.durability;

import java.util.List;
import java.util.Set;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.Capability;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.core.Seed;

/**
 * What a driver is doing when its process is killed. Made alike, from the seed, by the process and
 * by the one who kills it.
 */
final class KillScript {
  /** What the driver is offered. */
  static final BlockOffer OFFER =
      BlockOffer.of(
          Set.of(BlockCapabilities.FLUSH, BlockCapabilities.FUA, BlockCapabilities.WRITE_ZEROES),
          2,
          16);

  /** How many blocks it works on, from 0. */
  static final int BLOCKS = 24;

  private final List<List<Workload.Item>> steps;

  KillScript(long seed, BlockGeometry geometry, BlockAgreement agreement) {
    Workload workload =
        new Workload(
            new Seed(seed).random(),
            geometry.logicalBlockSize(),
            (int) Math.min(BLOCKS, geometry.blocks()),
            agreement.queues());
    workload.together(workload.write(4)).together(workload.write(4), workload.write(4));
    add(workload, agreement, BlockCapabilities.FLUSH, BlockRequest.flush());
    add(workload, agreement, BlockCapabilities.FUA, workload.write(3).fua());
    workload.together(workload.write(8));
    add(workload, agreement, BlockCapabilities.WRITE_ZEROES, workload.zeroes(4));
    add(workload, agreement, BlockCapabilities.FLUSH, BlockRequest.flush());
    workload.together(workload.write(4), workload.write(2));
    steps = workload.steps();
  }

  private static void add(
      Workload workload, BlockAgreement agreement, Capability needs, BlockRequest request) {
    if (agreement.has(needs)) {
      workload.together(request);
    }
  }

  List<List<Workload.Item>> steps() {
    return steps;
  }

  /** The items in the order in which they are submitted. */
  List<Workload.Item> items() {
    return steps.stream().flatMap(List::stream).toList();
  }
}
