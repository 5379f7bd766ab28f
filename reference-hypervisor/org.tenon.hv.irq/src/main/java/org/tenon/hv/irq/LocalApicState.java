package org.tenon.hv.irq;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What a local APIC keeps.
 *
 * @param base IA32_APIC_BASE
 * @param registers ID, TPR, LDR, DFR, SVR, ESR (latched), ESR (pending), divide configuration,
 *     initial count, ICR low, ICR high
 * @param lvt the local vector table in the order of {@link LocalApic}: CMCI, timer, thermal,
 *     performance, LINT0, LINT1, error
 * @param irr requested vectors, 4 words
 * @param isr vectors in service, 4 words
 * @param tmr level-triggered vectors, 4 words
 * @param timerStart the tick of the timer clock at which the count began
 * @param timerAlarm when the timer rings, in nanoseconds of machine time, or Long.MAX_VALUE
 * @param tscDeadline IA32_TSC_DEADLINE
 * @param externalRequested whether an ExtINT message waits for its acknowledgement
 * @param lines the levels of LINT0 (bit 0) and LINT1 (bit 1)
 */
@StateFormat(name = "local-apic", version = 1)
public record LocalApicState(
    long base,
    List<Integer> registers,
    List<Integer> lvt,
    List<Long> irr,
    List<Long> isr,
    List<Long> tmr,
    long timerStart,
    long timerAlarm,
    long tscDeadline,
    boolean externalRequested,
    int lines) {
  /** Checks the shape. */
  public LocalApicState {
    if (registers.size() != 11 || lvt.size() != 7) {
      throw new IllegalArgumentException("a local APIC keeps 11 registers and 7 LVT entries");
    }
    if (irr.size() != 4 || isr.size() != 4 || tmr.size() != 4) {
      throw new IllegalArgumentException("IRR, ISR and TMR have 4 words each");
    }
    if ((base & 0xc00) == 0x400) {
      throw new IllegalArgumentException("x2APIC mode without the APIC enabled");
    }
    if (timerAlarm < 0 || lines >>> 2 != 0) {
      throw new IllegalArgumentException("impossible timer or line state");
    }
    registers = List.copyOf(registers);
    lvt = List.copyOf(lvt);
    irr = List.copyOf(irr);
    isr = List.copyOf(isr);
    tmr = List.copyOf(tmr);
  }
}
