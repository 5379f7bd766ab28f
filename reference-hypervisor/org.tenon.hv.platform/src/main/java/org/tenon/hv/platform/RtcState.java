package org.tenon.hv.platform;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the real-time clock keeps.
 *
 * @param index the register that port 71H reaches, 7 bits
 * @param memory 128 registers; those of the time hold nothing
 * @param offset seconds between the clock and machine time
 * @param halted the second at which the guest stopped the clock, or -1
 */
@StateFormat(name = "rtc-mc146818", version = 1)
public record RtcState(int index, List<Integer> memory, long offset, long halted) {
  /** Checks the shape. */
  public RtcState {
    memory = List.copyOf(memory);
    if (index >>> 7 != 0
        || memory.size() != 128
        || memory.stream().anyMatch(value -> value >>> 8 != 0)
        || halted < -1) {
      throw new IllegalArgumentException("a CMOS clock has 128 registers of 8 bits");
    }
  }
}
