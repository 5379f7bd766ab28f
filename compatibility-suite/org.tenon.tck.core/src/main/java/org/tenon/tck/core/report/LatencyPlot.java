package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tenon.tck.core.evidence.Latency;

/** Latency by percentile, both axes so that the slow tail is as wide as the crowd. */
final class LatencyPlot {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 340;
  private static final int LEFT = 64;
  private static final int RIGHT = 170;
  private static final int TOP = 14;
  private static final int BOTTOM = 34;

  /** The last percentile drawn: with fewer samples the curve ends where they end. */
  private static final double LAST = 99.9;

  private static final int SERIES_COLOURS = 4;

  private final List<Latency> latencies;
  private final double low;
  private final double high;

  private LatencyPlot(List<Latency> latencies) {
    this.latencies = latencies;
    low = Math.floor(latencies.stream().mapToDouble(l -> decade(l.percentile(0))).min().orElse(0));
    double top = latencies.stream().mapToDouble(l -> decade(l.percentile(LAST))).max().orElse(1);
    high = Math.max(low + 1, Math.ceil(top));
  }

  static String render(List<Latency> latencies) {
    if (latencies.isEmpty()) {
      return "";
    }
    LatencyPlot plot = new LatencyPlot(latencies);
    return """
    <section id="latency" aria-labelledby="latency-title">
    <h2 id="latency-title">Latency</h2>
    <p class="lead">From submission to completion, one request at a time, as the host sees it. Evidence only: no clause asks for speed,
    and the numbers belong to this machine.</p>
    <div class="card">
    <svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="Latency by percentile; the numbers are in the table below">
    %s%s</svg>
    </div>
    <div class="scroll" style="margin-top:12px"><table>
    <thead><tr><th scope="col">Series<th scope="col" class="num">Samples<th scope="col" class="num">Median<th scope="col" class="num">90 %%\
    <th scope="col" class="num">99 %%<th scope="col" class="num">99.9 %%<th scope="col" class="num">Slowest</tr></thead>
    <tbody>%s</tbody></table></div>
    </section>\
    """
        .formatted(WIDTH, HEIGHT, plot.grid(), plot.curves(), plot.rows());
  }

  private String grid() {
    StringBuilder svg = new StringBuilder();
    for (double percent : new double[] {0, 50, 90, 99, LAST}) {
      double x = x(percent);
      svg.append(line(x, TOP, x, HEIGHT - BOTTOM));
      svg.append(
          label(
              x,
              HEIGHT - BOTTOM + 20,
              "middle",
              percent == 0 ? "fastest" : number(percent) + " %"));
    }
    for (double decade = low; decade <= high; decade++) {
      double y = y(decade);
      svg.append(line(LEFT, y, WIDTH - RIGHT, y));
      svg.append(label(LEFT - 10, y + 4, "end", duration(Math.round(Math.pow(10, decade)))));
    }
    return svg.toString();
  }

  private String curves() {
    List<Double> ends = new ArrayList<>();
    StringBuilder svg = new StringBuilder();
    List<Integer> fromBelow =
        IntStream.range(0, latencies.size())
            .boxed()
            .sorted(Comparator.comparingLong((Integer i) -> last(latencies.get(i))))
            .toList();
    for (int index : fromBelow) {
      Latency latency = latencies.get(index);
      String points =
          IntStream.rangeClosed(0, 120)
              .mapToDouble(step -> 100 * (1 - Math.pow(10, -3.0 * step / 120)))
              .filter(percent -> percent <= lastPercent(latency))
              .mapToObj(percent -> point(x(percent), y(decade(latency.percentile(percent)))))
              .collect(Collectors.joining(" "));
      // Names stand at the right end of their curves, each at least a line above the one before.
      double end = y(decade(last(latency))) + 4;
      end = ends.isEmpty() ? end : Math.min(end, ends.getLast() - 17);
      ends.add(end);
      svg.append(
          "<g class=\"series-%d\"><polyline class=\"line\" points=\"%s\"/>%s</g>"
              .formatted(
                  index % SERIES_COLOURS,
                  points,
                  label(WIDTH - RIGHT + 10, end, "start", latency.series())
                      .replace("<text", "<text class=\"name\"")));
    }
    return svg.toString();
  }

  private String rows() {
    return IntStream.range(0, latencies.size())
        .mapToObj(index -> {
          Latency latency = latencies.get(index);
          return """
          <tr class="series-%d"><td><span class="swatch" aria-hidden="true"></span>%s</td><td class="num">%d</td>\
          <td class="num">%s</td><td class="num">%s</td><td class="num">%s</td><td class="num">%s</td><td class="num">%s</td></tr>\
          """
              .formatted(
                  index % SERIES_COLOURS,
                  text(latency.series()),
                  latency.samples(),
                  duration(latency.percentile(50)),
                  duration(latency.percentile(90)),
                  duration(latency.percentile(99)),
                  duration(latency.percentile(LAST)),
                  duration(latency.percentile(100)));
        })
        .collect(Collectors.joining("\n"));
  }

  private static double decade(long nanos) {
    return Math.log10((double) Math.max(1, nanos));
  }

  private static double lastPercent(Latency latency) {
    return Math.min(LAST, 100 * (1 - 1.0 / latency.samples()));
  }

  private static long last(Latency latency) {
    return latency.percentile(lastPercent(latency));
  }

  /** 0 to 99.9 % over three decades of what is left to 100 %. */
  private static double x(double percent) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp(-Math.log10(1 - percent / 100) / 3, 0, 1);
  }

  private double y(double decade) {
    return HEIGHT
        - BOTTOM
        - (HEIGHT - TOP - BOTTOM) * Math.clamp((decade - low) / (high - low), 0, 1);
  }

  private static String line(double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>", x1, y1, x2, y2);
  }

  private static String point(double x, double y) {
    return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
  }

  private static String label(double x, double y, String anchor, String words) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        text(words));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** Three digits and a unit. */
  private static String duration(long nanos) {
    if (nanos < 1_000) {
      return nanos + " ns";
    }
    if (nanos < 1_000_000) {
      return digits(nanos / 1e3) + " µs";
    }
    return nanos < 1_000_000_000 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
  }

  private static String digits(double value) {
    return value == Math.rint(value) || value >= 100
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }
}
