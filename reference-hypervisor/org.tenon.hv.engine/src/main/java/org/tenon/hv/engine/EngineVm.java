package org.tenon.hv.engine;

/** Guest-physical memory and the vCPUs that share it. */
public interface EngineVm extends AutoCloseable {
  /**
   * Adds a vCPU in its power-on state (Intel SDM vol. 3, 9.1.1).
   *
   * @param apicId the initial local APIC id, reported by CPUID leaves 1 and 0BH; unique in the VM
   */
  Vcpu createVcpu(int apicId);

  /**
   * Tells the engine that somebody other than a vCPU has written guest RAM (a device's DMA, a
   * loader, a debugger), so that no stale translation of that code stays in use. Must be called
   * before a vCPU runs again; pages without translated code cost a few nanoseconds each.
   *
   * @param base guest-physical address of the first byte
   * @param length in bytes
   */
  void memoryWritten(long base, long length);

  /** Ends the VM; its vCPUs may not be used afterwards. Guest RAM is the caller's and stays. */
  @Override
  void close();
}
