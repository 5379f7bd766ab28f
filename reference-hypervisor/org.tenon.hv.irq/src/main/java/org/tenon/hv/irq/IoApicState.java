package org.tenon.hv.irq;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the I/O APIC keeps.
 *
 * @param id its id, 4 bits
 * @param select the index register
 * @param entries the redirection entries
 * @param lines the levels of the input pins, one bit each
 */
@StateFormat(name = "io-apic", version = 1)
public record IoApicState(int id, int select, List<Long> entries, int lines) {
  /** Checks the shape. */
  public IoApicState {
    if (entries.size() != IoApic.PINS
        || lines >>> IoApic.PINS != 0
        || select >>> 8 != 0
        || id >>> 4 != 0) {
      throw new IllegalArgumentException("no state of an I/O APIC with " + IoApic.PINS + " pins");
    }
    entries = List.copyOf(entries);
  }
}
