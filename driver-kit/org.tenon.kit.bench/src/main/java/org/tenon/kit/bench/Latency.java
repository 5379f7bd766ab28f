package org.tenon.kit.bench;

import org.HdrHistogram.Histogram;
import org.tenon.api.Stability;

/**
 * How long requests took, from their submission to their completion, in nanoseconds; to three
 * digits, up to a minute.
 *
 * @param count how many requests
 * @param mean on average
 * @param p50 half of them took no longer
 * @param p99 99 of 100 took no longer
 * @param p999 999 of 1000 took no longer
 * @param max the longest
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record Latency(long count, long mean, long p50, long p99, long p999, long max) {
  static Latency of(Histogram histogram) {
    return new Latency(
        histogram.getTotalCount(),
        Math.round(histogram.getMean()),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(99),
        histogram.getValueAtPercentile(99.9),
        histogram.getMaxValue());
  }
}
