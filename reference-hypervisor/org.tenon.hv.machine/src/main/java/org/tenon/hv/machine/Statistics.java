package org.tenon.hv.machine;

import java.util.Map;
import org.tenon.hv.engine.VcpuExit;

/**
 * What a run has cost.
 *
 * @param instructions retired by all processors
 * @param machineNanos machine time
 * @param hostNanos host time spent in {@link Machine#run()}
 * @param exits how often each reason came up
 * @param interrupts delivered to processors
 */
public record Statistics(
    long instructions,
    long machineNanos,
    long hostNanos,
    Map<VcpuExit.Reason, Long> exits,
    long interrupts) {

  /** Copies the map. */
  public Statistics {
    exits = Map.copyOf(exits);
  }
}
