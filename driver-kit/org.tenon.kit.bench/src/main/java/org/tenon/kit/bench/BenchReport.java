package org.tenon.kit.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.tenon.api.Stability;

/**
 * What was measured.
 *
 * @param driver the driver's id
 * @param path how it was reached: direct, or through which device model
 * @param plan what was asked for
 * @param queues how many queues the driver agreed to and were used
 * @param depth how many requests the driver agreed to have in flight on each
 * @param seconds how long it was measured
 * @param requests how many requests completed well in that time
 * @param errors how many completed otherwise
 * @param iops requests in a second
 * @param megabytesPerSecond 10<sup>6</sup> bytes in a second
 * @param reads the latency of reads
 * @param writes the latency of writes
 * @param allocatedBytesPerRequest what the whole process allocated on the Java heap meanwhile, for
 *     each request
 * @param environment on what: JDK, operating system, processors
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record BenchReport(
    String driver,
    String path,
    BenchPlan plan,
    int queues,
    int depth,
    double seconds,
    long requests,
    long errors,
    double iops,
    double megabytesPerSecond,
    Latency reads,
    Latency writes,
    double allocatedBytesPerRequest,
    Map<String, String> environment) {
  /** The report for people, a few lines. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s (%s): %d-byte %s requests, %d %% reads, depth %d on %d queue(s), %.1f s, seed %d%n",
            driver,
            path,
            plan.blockSize(),
            plan.pattern().name().toLowerCase(Locale.ROOT),
            plan.readPercent(),
            depth,
            queues,
            seconds,
            plan.seed()));
    text.append(
        String.format(
            Locale.ROOT,
            "  %,.0f IOPS  %,.1f MB/s  %d errors  %.1f bytes allocated per request%n",
            iops,
            megabytesPerSecond,
            errors,
            allocatedBytesPerRequest));
    append(text, "read ", reads);
    append(text, "write", writes);
    return text.toString();
  }

  /** The report for machines: one JSON object; latencies in nanoseconds. */
  public String toJson() {
    return Json.of(toMap());
  }

  /** The report's values by name. */
  Map<String, Object> toMap() {
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("blockSize", plan.blockSize());
    asked.put("depth", plan.depth());
    asked.put("queues", plan.queues());
    asked.put("readPercent", plan.readPercent());
    asked.put("pattern", plan.pattern());
    asked.put("warmUpMillis", plan.warmUp().toMillis());
    asked.put("durationMillis", plan.duration().toMillis());
    asked.put("seed", plan.seed());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("driver", driver);
    all.put("path", path);
    all.put("plan", asked);
    all.put("queues", queues);
    all.put("depth", depth);
    all.put("seconds", seconds);
    all.put("requests", requests);
    all.put("errors", errors);
    all.put("iops", iops);
    all.put("megabytesPerSecond", megabytesPerSecond);
    all.put("reads", reads);
    all.put("writes", writes);
    all.put("allocatedBytesPerRequest", allocatedBytesPerRequest);
    all.put("environment", environment);
    return all;
  }

  private static void append(StringBuilder text, String name, Latency latency) {
    if (latency.count() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %s latency  p50 %.2f µs  p99 %.2f µs  p99.9 %.2f µs  max %.2f µs%n",
              name,
              latency.p50() / 1e3,
              latency.p99() / 1e3,
              latency.p999() / 1e3,
              latency.max() / 1e3));
    }
  }
}
