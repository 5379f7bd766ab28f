package org.tenon.tck.hypervisor.guest;

/** Counts of the interrupts that were delivered, by vector. */
final class Interrupts {
  private Interrupts() {}

  static long count(int vector) {
    return Cpu.read64(Cpu.interruptCounts() + 8L * vector);
  }

  static void forget(int vector) {
    Cpu.write64(Cpu.interruptCounts() + 8L * vector, 0);
  }

  /** Lets interrupts in until so many of a vector have come, or the time is over. */
  static boolean await(int vector, int count, int milliseconds) {
    Time.allow(milliseconds);
    while (count(vector) < count && !Time.isOver()) {
      letIn();
    }
    return count(vector) >= count;
  }

  /** Whether none of a vector comes in that time. */
  static boolean isSilent(int vector, int milliseconds) {
    long before = count(vector);
    Time.allow(milliseconds);
    while (!Time.isOver()) {
      letIn();
    }
    return count(vector) == before;
  }

  /** Delivers what is pending. */
  static void letIn() {
    Cpu.enableInterrupts();
    Cpu.pause();
    Cpu.disableInterrupts();
  }
}
