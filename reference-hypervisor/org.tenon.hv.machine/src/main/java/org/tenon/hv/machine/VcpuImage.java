package org.tenon.hv.machine;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.hv.engine.DebugRegisters;
import org.tenon.hv.engine.FpuState;
import org.tenon.hv.engine.PendingEvents;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuState;

/**
 * A {@link VcpuState} as the state codec writes it.
 *
 * @param fpu the FXSAVE image in hexadecimal
 * @param msrs by ascending index
 */
@StateFormat(name = "vcpu", version = 1)
public record VcpuImage(
    int version,
    Registers registers,
    SystemRegisters system,
    DebugRegisters debug,
    String fpu,
    List<Msr> msrs,
    PendingEvents events,
    long retired,
    long tsc) {

  /** One model-specific register. */
  public record Msr(int index, long value) {}

  static VcpuImage of(VcpuState state) {
    List<Msr> msrs =
        state.msrs().entrySet().stream().map(msr -> new Msr(msr.getKey(), msr.getValue())).toList();
    return new VcpuImage(
        state.version(),
        state.registers(),
        state.system(),
        state.debug(),
        HexFormat.of().formatHex(state.fpu().toBytes()),
        msrs,
        state.events(),
        state.retired(),
        state.tsc());
  }

  VcpuState toState() {
    Map<Integer, Long> values = msrs.stream().collect(Collectors.toMap(Msr::index, Msr::value));
    return new VcpuState(
        version,
        registers,
        system,
        debug,
        FpuState.of(HexFormat.of().parseHex(fpu)),
        values,
        events,
        retired,
        tsc);
  }
}
