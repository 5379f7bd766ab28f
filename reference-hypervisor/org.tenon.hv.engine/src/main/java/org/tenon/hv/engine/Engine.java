package org.tenon.hv.engine;

/** A way to run guest code. Stateless; found by {@link java.util.ServiceLoader}. */
public interface Engine {
  /** The name users choose it by, for example {@code sim} or {@code kvm}. */
  String id();

  /** Whether it can work on this host, and why (not). Starts nothing, throws nothing. */
  Availability probe();

  /**
   * The most that this engine can execute: every CPUID leaf with the largest value or feature bits
   * it could honour. A machine type is checked against it with {@link
   * CpuidTable#restrictedTo(CpuidTable)}.
   */
  CpuidTable supportedCpuid();

  /**
   * Makes a VM.
   *
   * @throws IllegalArgumentException if the configuration cannot work, with the reason
   */
  EngineVm create(VmConfig config);

  /**
   * The outcome of a probe.
   *
   * @param usable whether {@link #create(VmConfig)} may be called
   * @param reason one sentence for the user, in both cases
   */
  record Availability(boolean usable, String reason) {}
}
