package org.tenon.kit.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.tenon.api.Stability;

/**
 * One driver measured directly and through a device model, in turn, so that both see the same
 * noise. Both lists have a report for each round.
 *
 * @param direct by its SPI
 * @param through as a guest reaches it
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record BenchComparison(List<BenchReport> direct, List<BenchReport> through) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if they are empty or not equally long
   */
  public BenchComparison {
    direct = List.copyOf(direct);
    through = List.copyOf(through);
    if (direct.isEmpty() || direct.size() != through.size()) {
      throw new IllegalArgumentException(
          "a comparison needs as many rounds of one as of the other");
    }
  }

  /** How many requests pass through the device model for each that passes directly: the median. */
  public double ratio() {
    return median(ratios());
  }

  /** What the device model adds to a request, in nanoseconds of one queue: the median. */
  public double nanosPerRequest() {
    return median(
        IntStream.range(0, direct.size())
            .mapToDouble(round -> nanos(through.get(round)) - nanos(direct.get(round)))
            .toArray());
  }

  private static double nanos(BenchReport report) {
    return 1e9 * report.queues() / report.iops();
  }

  private double[] ratios() {
    return IntStream.range(0, direct.size())
        .mapToDouble(round -> through.get(round).iops() / direct.get(round).iops())
        .toArray();
  }

  private static double median(double... values) {
    double[] sorted =
        IntStream.range(0, values.length).mapToDouble(i -> values[i]).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double median(List<BenchReport> reports, ToDoubleFunction<BenchReport> value) {
    return median(reports.stream().mapToDouble(value).toArray());
  }

  /** The comparison for people: medians, and the range of what was seen in brackets. */
  public String toText() {
    BenchReport first = through.getFirst();
    BenchPlan plan = first.plan();
    double[] ratios = ratios();
    return String.format(
        Locale.ROOT,
        "%s: %d-byte %s requests, %d %% reads, depth %d on %d queue(s), %d rounds of %.1f s, seed"
            + " %d%n%s%s  %s to direct: %.2f (%.2f to %.2f), %.0f ns more for a request%n",
        first.driver(),
        plan.blockSize(),
        plan.pattern().name().toLowerCase(Locale.ROOT),
        plan.readPercent(),
        first.depth(),
        first.queues(),
        through.size(),
        first.seconds(),
        plan.seed(),
        line(direct),
        line(through),
        first.path(),
        ratio(),
        IntStream.range(0, ratios.length).mapToDouble(i -> ratios[i]).min().orElseThrow(),
        IntStream.range(0, ratios.length).mapToDouble(i -> ratios[i]).max().orElseThrow(),
        nanosPerRequest());
  }

  private static String line(List<BenchReport> reports) {
    return String.format(
        Locale.ROOT,
        "  %-6s  %,.0f IOPS (%,.0f to %,.0f)  p50 %.2f µs  p99 %.2f µs  %d errors  %.1f bytes"
            + " allocated per request%n",
        reports.getFirst().path(),
        median(reports, BenchReport::iops),
        reports.stream().mapToDouble(BenchReport::iops).min().orElseThrow(),
        reports.stream().mapToDouble(BenchReport::iops).max().orElseThrow(),
        median(reports, report -> latency(report).p50()) / 1e3,
        median(reports, report -> latency(report).p99()) / 1e3,
        reports.stream().mapToLong(BenchReport::errors).sum(),
        reports.stream().mapToDouble(BenchReport::allocatedBytesPerRequest).max().orElseThrow());
  }

  /** That of the kind of request of which there were more. */
  private static Latency latency(BenchReport report) {
    return report.reads().count() >= report.writes().count() ? report.reads() : report.writes();
  }

  /** The comparison for machines: one JSON object with the reports of all rounds. */
  public String toJson() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ratio", ratio());
    all.put("nanosPerRequest", nanosPerRequest());
    all.put("direct", direct.stream().map(BenchReport::toMap).toList());
    all.put("through", through.stream().map(BenchReport::toMap).toList());
    return Json.of(all);
  }
}
