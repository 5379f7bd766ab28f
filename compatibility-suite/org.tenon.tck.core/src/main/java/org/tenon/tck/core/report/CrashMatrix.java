package org.tenon.tck.core.report;

import static org.tenon.tck.core.report.Markup.count;
import static org.tenon.tck.core.report.Markup.text;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tenon.tck.core.evidence.CrashImages;

/**
 * Each moment at which the power was cut, and whether every image that was opened then was good.
 */
final class CrashMatrix {
  private CrashMatrix() {}

  static String render(List<CrashImages> cells) {
    if (cells.isEmpty()) {
      return "";
    }
    long most = cells.stream().mapToLong(CrashImages::images).max().orElse(1);
    String rows =
        cells.stream()
            .collect(
                Collectors.groupingBy(CrashImages::scenario, TreeMap::new, Collectors.toList()))
            .entrySet()
            .stream()
            .map(scenario -> row(scenario.getKey(), scenario.getValue(), most))
            .collect(Collectors.joining("\n"));
    return """
    <section id="crashes" aria-labelledby="crashes-title">
    <h2 id="crashes-title">Power cuts</h2>
    <p class="lead">The power was cut at many moments of each workload. Of the images that the storage may legally hold then,
    all or a seeded choice were opened again, and every write acknowledged as durable was looked for: %s.</p>
    <div class="card">
    %s
    <p class="legend"><span><i class="cuts" aria-hidden="true"><i style="--depth:25%%"></i></i>few images, all good</span>\
    <span><i class="cuts" aria-hidden="true"><i style="--depth:95%%"></i></i>many images, all good</span>\
    <span><i class="cuts" aria-hidden="true"><i class="broken"></i></i>an image broke a clause</span></p>
    </div>
    </section>\
    """
        .formatted(total(cells), rows);
  }

  private static String row(String scenario, List<CrashImages> cells, long most) {
    String cuts = cells.stream().map(cell -> cut(cell, most)).collect(Collectors.joining());
    return """
    <div class="scenario"><header><h3>%s</h3><span>%s</span></header><div class="cuts" aria-hidden="true">%s</div></div>\
    """
        .formatted(text(scenario), total(cells), cuts);
  }

  private static String cut(CrashImages cell, long most) {
    String hint =
        "cut %d, %s: %s, %s"
            .formatted(
                cell.cut(),
                cell.after(),
                count(cell.images(), "image"),
                cell.violations() == 0 ? "all good" : cell.violations() + " broken");
    if (cell.violations() > 0) {
      return "<i class=\"broken\" title=\"%s\"></i>".formatted(text(hint));
    }
    // On a logarithmic scale, since images multiply with every write that is still under way.
    long depth =
        25 + Math.round(70 * Math.log1p((double) cell.images()) / Math.log1p((double) most));
    return "<i style=\"--depth:%d%%\" title=\"%s\"></i>".formatted(depth, text(hint));
  }

  private static String total(List<CrashImages> cells) {
    long broken = cells.stream().mapToLong(CrashImages::violations).sum();
    return String.format(
        Locale.ENGLISH,
        "%s, %,d images, %s",
        count(cells.size(), "cut"),
        cells.stream().mapToLong(CrashImages::images).sum(),
        broken == 0 ? "none broken" : broken + " broken");
  }
}
