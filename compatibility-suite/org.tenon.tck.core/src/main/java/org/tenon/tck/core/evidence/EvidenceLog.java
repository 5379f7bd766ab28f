package org.tenon.tck.core.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the evidence of one run. Safe for use by any thread. */
public final class EvidenceLog {
  private final List<Latency> latencies = new ArrayList<>();
  private final List<CrashImages> crashes = new ArrayList<>();
  private final SortedMap<String, String> facts = new TreeMap<>();

  /** An empty log. */
  public EvidenceLog() {}

  /** Adds a measured series. */
  public synchronized void add(Latency latency) {
    latencies.add(latency);
  }

  /** Adds a cell of the crash-image matrix. */
  public synchronized void add(CrashImages cell) {
    crashes.add(cell);
  }

  /**
   * Notes what the subject said of itself, such as its agreement; a later value replaces an earlier
   * one.
   */
  public synchronized void note(String fact, String value) {
    facts.put(fact, value);
  }

  /** What was collected so far, in a fixed order. */
  public synchronized Evidence collected() {
    return new Evidence(
        latencies.stream().sorted(Comparator.comparing(Latency::series)).toList(),
        crashes.stream()
            .sorted(Comparator.comparing(CrashImages::scenario).thenComparingInt(CrashImages::cut))
            .toList(),
        facts);
  }
}
