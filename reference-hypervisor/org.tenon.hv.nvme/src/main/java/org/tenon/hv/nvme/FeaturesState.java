package org.tenon.hv.nvme;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the features keep.
 *
 * @param values by feature identifier, from 0
 * @param uncoalesced by interrupt vector: 1 where completions are never gathered, else 0
 */
@StateFormat(name = "nvme-features", version = 1)
public record FeaturesState(List<Integer> values, List<Integer> uncoalesced) {
  /** Copies the lists. */
  public FeaturesState {
    values = List.copyOf(values);
    uncoalesced = List.copyOf(uncoalesced);
  }
}
