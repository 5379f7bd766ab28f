package org.tenon.hv.platform;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What a 16550 keeps.
 *
 * @param registers IER, IIR enable bits (FCR), LCR, MCR, LSR errors, MSR deltas, SCR, DLL, DLM: 8
 *     bits each
 * @param received the receive FIFO
 * @param transmitterIdle whether the transmitter-empty interrupt waits to be read
 */
@StateFormat(name = "uart-16550", version = 1)
public record UartState(List<Integer> registers, List<Integer> received, boolean transmitterIdle) {
  /** Checks the shape. */
  public UartState {
    registers = List.copyOf(registers);
    received = List.copyOf(received);
    if (registers.size() != 9
        || received.size() > Uart16550.FIFO
        || registers.stream().anyMatch(value -> value >>> 8 != 0)
        || received.stream().anyMatch(value -> value >>> 8 != 0)) {
      throw new IllegalArgumentException("no state of a 16550");
    }
  }
}
