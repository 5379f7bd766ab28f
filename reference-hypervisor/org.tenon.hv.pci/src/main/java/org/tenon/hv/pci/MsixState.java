package org.tenon.hv.pci;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What MSI-X keeps.
 *
 * @param control the writable bits of the message control register, in bits 31:16
 * @param table the vector table, four words for each vector
 * @param pending vectors whose message waits, ascending
 */
@StateFormat(name = "msix", version = 1)
public record MsixState(int control, List<Integer> table, List<Integer> pending) {
  /** Checks the shape. */
  public MsixState {
    table = List.copyOf(table);
    pending = List.copyOf(pending);
    int vectors = table.size() / 4;
    boolean inTable = pending.stream().allMatch(vector -> vector >= 0 && vector < vectors);
    if (table.size() % 4 != 0 || !inTable || (control & 0x3fffffff) != 0) {
      throw new IllegalArgumentException("no state of MSI-X with " + vectors + " vectors");
    }
  }
}
