package org.tenon.kit.bench;

import java.time.Duration;
import org.tenon.api.Stability;

/**
 * What to measure. Immutable; start from {@link #DEFAULT} and change copies.
 *
 * @param blockSize the length of each request in bytes; a multiple of the device's logical block
 * @param depth how many requests are in flight on each queue, from 1
 * @param queues how many queues are used, each from a thread of its own, from 1
 * @param readPercent how many of 100 requests read, the others write
 * @param pattern in which order the device is gone through
 * @param overwrites whether writes may destroy what the storage holds; without it {@code
 *     readPercent} is 100
 * @param warmUp how long the driver runs before anything counts
 * @param duration how long it is measured
 * @param seed of the random pattern and mix
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record BenchPlan(
    int blockSize,
    int depth,
    int queues,
    int readPercent,
    Pattern pattern,
    boolean overwrites,
    Duration warmUp,
    Duration duration,
    long seed) {
  /** The order of a queue's requests. */
  public enum Pattern {
    /** Anywhere on the device. */
    RANDOM,
    /** From front to back, each queue through its own part, over and over. */
    SEQUENTIAL
  }

  /** Random reads of 4 KiB, 32 on one queue, for 5 s after 2 s. */
  public static final BenchPlan DEFAULT =
      new BenchPlan(
          4096, 32, 1, 100, Pattern.RANDOM, false, Duration.ofSeconds(2), Duration.ofSeconds(5), 1);

  /**
   * Checks the plan.
   *
   * @throws IllegalArgumentException if it makes no sense; the message says what would
   */
  public BenchPlan {
    require(blockSize >= 512, "a block size of at least 512 bytes, not " + blockSize);
    require(depth >= 1 && depth <= 32_768, "a depth of 1 to 32768, not " + depth);
    require(queues >= 1 && queues <= 256, "1 to 256 queues, not " + queues);
    require(readPercent >= 0 && readPercent <= 100, "0 to 100 % reads, not " + readPercent);
    require(
        overwrites || readPercent == 100,
        "only reads, because writes destroy what the storage holds: permit that, or read 100 %");
    require(!warmUp.isNegative(), "a warm-up of no negative length");
    require(duration.isPositive(), "a duration of more than nothing");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("a measurement needs " + what);
    }
  }

  /** The same with requests so long, in bytes. */
  public BenchPlan withBlockSize(int bytes) {
    return new BenchPlan(
        bytes, depth, queues, readPercent, pattern, overwrites, warmUp, duration, seed);
  }

  /** The same with so many in flight on each queue. */
  public BenchPlan withDepth(int requests) {
    return new BenchPlan(
        blockSize, requests, queues, readPercent, pattern, overwrites, warmUp, duration, seed);
  }

  /** The same on so many queues. */
  public BenchPlan withQueues(int count) {
    return new BenchPlan(
        blockSize, depth, count, readPercent, pattern, overwrites, warmUp, duration, seed);
  }

  /** The same with so many reads in 100; the others overwrite the storage. */
  public BenchPlan overwriting(int reads) {
    return new BenchPlan(blockSize, depth, queues, reads, pattern, true, warmUp, duration, seed);
  }

  /** The same in that order. */
  public BenchPlan withPattern(Pattern order) {
    return new BenchPlan(
        blockSize, depth, queues, readPercent, order, overwrites, warmUp, duration, seed);
  }

  /** The same for so long. */
  public BenchPlan lasting(Duration warmUpTime, Duration measured) {
    return new BenchPlan(
        blockSize, depth, queues, readPercent, pattern, overwrites, warmUpTime, measured, seed);
  }

  /** The same with another seed. */
  public BenchPlan withSeed(long number) {
    return new BenchPlan(
        blockSize, depth, queues, readPercent, pattern, overwrites, warmUp, duration, number);
  }
}
