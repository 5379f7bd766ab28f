package org.tenon.hv.engine;

import java.util.Comparator;
import java.util.List;

/**
 * What an engine needs to make a VM.
 *
 * @param ram the guest's memory, regions that do not overlap; every other physical address is MMIO
 * @param cpuid what CPUID reports; must not promise more than {@link Engine#supportedCpuid()}
 * @param tscTicksPerInstruction how far the time stamp counter moves for each instruction that a
 *     vCPU retires while no other runs, 1 or more; a hardware engine, whose counter follows real
 *     time, ignores it
 */
public record VmConfig(List<RamRegion> ram, CpuidTable cpuid, int tscTicksPerInstruction) {
  public VmConfig {
    ram = ram.stream().sorted(Comparator.comparingLong(RamRegion::base)).toList();
    for (int i = 1; i < ram.size(); i++) {
      if (ram.get(i - 1).end() > ram.get(i).base()) {
        throw new IllegalArgumentException(
            "RAM regions overlap: " + ram.get(i - 1) + " and " + ram.get(i));
      }
    }
    if (tscTicksPerInstruction < 1) {
      throw new IllegalArgumentException(
          "tscTicksPerInstruction must be at least 1, not " + tscTicksPerInstruction);
    }
  }
}
