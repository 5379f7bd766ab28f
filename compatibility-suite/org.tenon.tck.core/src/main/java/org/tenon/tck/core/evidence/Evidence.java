package org.tenon.tck.core.evidence;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run collected beside its verdict.
 *
 * @param latencies by series
 * @param crashes by scenario and cut
 * @param facts what the subject said of itself
 */
public record Evidence(
    List<Latency> latencies, List<CrashImages> crashes, SortedMap<String, String> facts) {
  /** Copies the collections. */
  public Evidence {
    latencies = List.copyOf(latencies);
    crashes = List.copyOf(crashes);
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }
}
