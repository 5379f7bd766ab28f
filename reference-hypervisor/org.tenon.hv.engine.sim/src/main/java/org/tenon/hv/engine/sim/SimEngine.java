package org.tenon.hv.engine.sim;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.Engine;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.VmConfig;

/** The engine that works everywhere: x86-64 in pure Java. */
public final class SimEngine implements Engine {
  /** For {@link java.util.ServiceLoader}. */
  public SimEngine() {}

  @Override
  public String id() {
    return "sim";
  }

  @Override
  public Availability probe() {
    boolean addresses64 = ValueLayout.ADDRESS.byteSize() == 8;
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    return new Availability(
        addresses64,
        addresses64
            ? "runs on any 64-bit host" + (little ? "" : "; slower on a big-endian one")
            : "needs a 64-bit host");
  }

  @Override
  public CpuidTable supportedCpuid() {
    return SimCpuid.SUPPORTED;
  }

  @Override
  public EngineVm create(VmConfig config) {
    CpuidTable honoured = config.cpuid().restrictedTo(SimCpuid.SUPPORTED);
    List<CpuidTable.Entry> promised = config.cpuid().rows();
    for (CpuidTable.Entry row : promised) {
      if (!honoured.get(row.leaf(), row.subleaf()).equals(row)) {
        throw new IllegalArgumentException(
            "CPUID promises what the simulator lacks: %s; it can honour %s"
                .formatted(row, honoured.get(row.leaf(), row.subleaf())));
      }
    }
    return new SimVm(config);
  }
}
