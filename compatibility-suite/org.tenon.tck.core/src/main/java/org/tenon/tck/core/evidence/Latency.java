package org.tenon.tck.core.evidence;

import java.util.Arrays;

/** How long one kind of request took, from submission to completion, as the host saw it. */
public final class Latency {
  private final String series;
  private final long[] sorted;

  /**
   * A measured series.
   *
   * @param series what was measured, such as {@code read 4 KiB}
   * @param nanos the samples, in any order; at least one
   * @throws IllegalArgumentException if there is none
   */
  public Latency(String series, long[] nanos) {
    if (nanos.length == 0) {
      throw new IllegalArgumentException("the latency series '" + series + "' has no sample");
    }
    this.series = series;
    this.sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  /** What was measured. */
  public String series() {
    return series;
  }

  /** How many samples. */
  public int samples() {
    return sorted.length;
  }

  /**
   * The smallest sample that at least {@code percent} of all samples do not exceed, in nanoseconds.
   *
   * @param percent 0 to 100
   */
  public long percentile(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  @Override
  public String toString() {
    return "%s: p50 %d ns of %d".formatted(series, percentile(50), sorted.length);
  }
}
