package org.tenon.hv.engine.sim;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VmConfig;
import org.tenon.hv.engine.sim.block.BlockCache;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;

/** A VM whose processors one host thread runs in turn. */
final class SimVm implements EngineVm {
  private final VmConfig config;
  private final PhysicalMemory memory;
  private final BlockCache cache;
  private final List<SimVcpu> vcpus = new ArrayList<>();

  SimVm(VmConfig config) {
    this.config = config;
    this.memory = new PhysicalMemory(config.ram());
    this.cache = new BlockCache(memory);
  }

  @Override
  public Vcpu createVcpu(int apicId) {
    if (vcpus.stream().anyMatch(other -> other.apicId() == apicId)) {
      throw new IllegalArgumentException("two vCPUs with APIC id " + apicId);
    }
    SimVcpu vcpu = new SimVcpu(apicId, config, memory, cache);
    vcpus.add(vcpu);
    return vcpu;
  }

  @Override
  public void memoryWritten(long base, long length) {
    memory.beforeWrite(base, length);
  }

  @Override
  public void close() {
    vcpus.clear();
  }
}
