package org.tenon.hv.nvme;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the interrupts keep.
 *
 * @param masked the mask register's bit 0
 * @param gathered by vector: completions that the guest has not been interrupted for
 * @param deadlines by vector: when it will be at the latest, in machine time, or {@link
 *     org.tenon.hv.bus.Alarm#NEVER}
 */
@StateFormat(name = "nvme-interrupts", version = 1)
public record InterruptVectorsState(boolean masked, List<Integer> gathered, List<Long> deadlines) {
  /** Checks the ranges. */
  public InterruptVectorsState {
    gathered = List.copyOf(gathered);
    deadlines = List.copyOf(deadlines);
    if (gathered.size() != deadlines.size()
        || gathered.stream().anyMatch(count -> count < 0)
        || deadlines.stream().anyMatch(deadline -> deadline < 0)) {
      throw new IllegalArgumentException("no state of NVMe interrupts");
    }
  }
}
