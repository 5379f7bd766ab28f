package org.tenon.tck.block.durability;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.tenon.kit.testing.BlockRequest;

/**
 * What a driver is asked to do before the power is cut: steps one after another, each with requests
 * in flight together. Every write holds data that no other write holds. For one thread.
 */
final class Workload {
  /** A request and where it goes. */
  record Item(int queue, BlockRequest request) {}

  private final RandomGenerator random;
  private final int blockSize;
  private final int blocks;
  private final int queues;
  private final List<List<Item>> steps = new ArrayList<>();

  /**
   * An empty workload.
   *
   * @param blocks how many blocks, from 0, it works on
   */
  Workload(RandomGenerator random, int blockSize, int blocks, int queues) {
    this.random = random;
    this.blockSize = blockSize;
    this.blocks = blocks;
    this.queues = queues;
  }

  List<List<Item>> steps() {
    return List.copyOf(steps);
  }

  /** Requests in flight together, each on some queue. */
  Workload together(BlockRequest... requests) {
    List<Item> step = new ArrayList<>();
    for (BlockRequest request : requests) {
      step.add(new Item(random.nextInt(queues), request));
    }
    steps.add(step);
    return this;
  }

  /** One request on that queue, counted round. */
  Workload on(int queue, BlockRequest request) {
    steps.add(List.of(new Item(queue % queues, request)));
    return this;
  }

  /** A write of up to {@code most} blocks somewhere. */
  BlockRequest write(int most) {
    int count = random.nextInt(1, most + 1);
    return writeAt(random.nextInt(blocks - count + 1), count);
  }

  /** A write of those blocks. */
  BlockRequest writeAt(int block, int count) {
    byte[] data = new byte[count * blockSize];
    random.nextBytes(data);
    return BlockRequest.write(block, count, data);
  }

  /** A write-zeroes of up to {@code most} blocks somewhere. */
  BlockRequest zeroes(int most) {
    int count = random.nextInt(1, most + 1);
    return BlockRequest.writeZeroes(random.nextInt(blocks - count + 1), count);
  }

  /**
   * A discard of up to {@code most} blocks somewhere, followed by a reading that settles what it
   * did.
   */
  Workload discardAndLook(int most) {
    int count = random.nextInt(1, most + 1);
    int block = random.nextInt(blocks - count + 1);
    return on(random.nextInt(queues), BlockRequest.discard(block, count))
        .on(random.nextInt(queues), BlockRequest.read(block, count));
  }
}
