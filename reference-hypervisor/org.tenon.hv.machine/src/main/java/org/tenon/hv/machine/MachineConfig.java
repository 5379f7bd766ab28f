package org.tenon.hv.machine;

import java.nio.ByteBuffer;
import org.tenon.hv.engine.Engine;
import org.tenon.hv.platform.MachineType;

/**
 * What to build.
 *
 * @param type the virtual hardware
 * @param engine what executes the guest
 * @param processors how many, 1 to the machine type's maximum
 * @param memory bytes of RAM, a multiple of 4 KiB
 * @param clock what time follows
 * @param kernel the kernel file
 * @param initrd the initial RAM disk; empty for none
 * @param commandLine the kernel's parameters
 * @param console the far end of COM1; called on the run-loop thread
 * @param trace what to log
 */
public record MachineConfig(
    MachineType type,
    Engine engine,
    int processors,
    long memory,
    ClockMode clock,
    ByteBuffer kernel,
    ByteBuffer initrd,
    String commandLine,
    Console console,
    Trace trace) {

  /** The far end of COM1. */
  @FunctionalInterface
  public interface Console {
    /** Takes a byte that the guest has written. */
    void output(int value);
  }

  /** Checks what does not depend on files. */
  public MachineConfig {
    long minimum = type.number("ram.minimum");
    long maximum = type.number("ram.high-end") - (1L << 32) + type.number("ram.low-end");
    if (memory % 4096 != 0 || memory < minimum || memory > maximum) {
      throw new IllegalArgumentException(
          "a machine of type %s has between %d MiB and %d MiB of memory in whole pages, not %d bytes"
              .formatted(type.name(), minimum >> 20, maximum >> 20, memory));
    }
    int most = type.integer("cpu.maximum");
    if (processors < 1 || processors > most) {
      throw new IllegalArgumentException(
          "a machine of type %s has 1 to %d processors, not %d"
              .formatted(type.name(), most, processors));
    }
  }
}
