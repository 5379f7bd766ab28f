package org.tenon.kit.bench;

import java.util.SplittableRandom;

/**
 * Where on the device a lane goes, in units of one request; says where each request begins. For one
 * thread.
 */
final class Stretch {
  private final BenchPlan.Pattern pattern;
  private final long first;
  private final long units;
  private final int blocksPerUnit;
  private final SplittableRandom random;
  private long position;

  private Stretch(
      BenchPlan.Pattern pattern,
      long first,
      long units,
      int blocksPerUnit,
      SplittableRandom random) {
    this.pattern = pattern;
    this.first = first;
    this.units = units;
    this.blocksPerUnit = blocksPerUnit;
    this.random = random;
  }

  /** The stretch of one lane among several, on a device of at least one unit for each. */
  static Stretch of(
      BenchPlan.Pattern pattern,
      long allUnits,
      int blocksPerUnit,
      int lane,
      int lanes,
      SplittableRandom random) {
    long share = allUnits / lanes;
    return pattern == BenchPlan.Pattern.SEQUENTIAL
        ? new Stretch(pattern, lane * share, share, blocksPerUnit, random)
        : new Stretch(pattern, 0, allUnits, blocksPerUnit, random);
  }

  /** The first logical block of the next request. */
  long nextBlock() {
    long unit = pattern == BenchPlan.Pattern.RANDOM ? random.nextLong(units) : position++ % units;
    return (first + unit) * blocksPerUnit;
  }
}
