package org.tenon.tck.block.guest;

import java.util.Arrays;

/**
 * What a worker of {@code disk.sh} leaves in its region: the same random numbers, drawn in the same
 * order, give the contents from outside.
 */
final class RandomWrites {
  private static final long MULTIPLIER = 1103515245;
  private static final long INCREMENT = 12345;
  private static final long MASK = 0x7fffffff;
  private static final int DROPPED_BITS = 8;
  private static final int WAYS = 4;

  private final byte[] data;
  private final int block;
  private final int blocks;
  private final int longest;
  private final int rounds;

  /**
   * What workers do.
   *
   * @param data the bytes that the pieces are cut from
   * @param block bytes of a block
   * @param blocks of a region
   * @param longest piece, in blocks
   * @param rounds pieces for each worker
   */
  RandomWrites(byte[] data, int block, int blocks, int longest, int rounds) {
    this.data = data;
    this.block = block;
    this.blocks = blocks;
    this.longest = longest;
    this.rounds = rounds;
  }

  /** Blocks of a region. */
  int blocks() {
    return blocks;
  }

  /** The longest piece, in blocks. */
  int longest() {
    return longest;
  }

  /** Pieces for each worker. */
  int rounds() {
    return rounds;
  }

  /** Blocks that the data has. */
  int dataBlocks() {
    return data.length / block;
  }

  /** The region of the worker with that seed, over what was there. */
  byte[] region(int seed, byte[] before) {
    byte[] region = Arrays.copyOf(before, blocks * block);
    Numbers numbers = new Numbers(seed);
    for (int round = 0; round < rounds; round++) {
      int count = numbers.below(longest) + 1;
      int at = numbers.below(blocks - count + 1);
      int from = numbers.below(dataBlocks() - count + 1);
      numbers.below(WAYS);
      System.arraycopy(data, from * block, region, at * block, count * block);
    }
    return region;
  }

  /** A generator small enough for a shell. */
  private static final class Numbers {
    private long state;

    Numbers(int seed) {
      state = seed;
    }

    int below(int bound) {
      state = (state * MULTIPLIER + INCREMENT) & MASK;
      return (int) ((state >> DROPPED_BITS) % bound);
    }
  }
}
