package org.tenon.tck.hypervisor.guest;

/**
 * Time by the ACPI power management timer, so that no wait lasts for ever; where that stands still,
 * the number of looks at it ends the wait.
 */
final class Time {
  static final int HERTZ = 3_579_545;

  private static final int MASK = 0xffffff;
  private static final int LOOKS_PER_MILLISECOND = 1_000;

  /** Between two looks: a port costs a virtual machine far more than an instruction. */
  private static final int PAUSES = 200;

  private static int port;
  private static int last;
  private static long ticks;
  private static long end;
  private static long looks;

  private Time() {}

  /** Where the FADT says the timer is. */
  static void useTimer(int pmTimerPort) {
    port = pmTimerPort;
    last = Cpu.in32(port) & MASK;
  }

  /** Ticks since the timer was found; to be called at least every 4 seconds. */
  static long now() {
    int timer = Cpu.in32(port) & MASK;
    ticks += (timer - last) & MASK;
    last = timer;
    return ticks;
  }

  /** Begins a wait; one at a time. */
  static void allow(int milliseconds) {
    end = now() + (long) milliseconds * HERTZ / 1000;
    looks = (long) milliseconds * LOOKS_PER_MILLISECOND;
  }

  /** Whether the wait has lasted as long as it may. */
  static boolean isOver() {
    looks--;
    for (int i = 0; i < PAUSES; i++) {
      Cpu.pause();
    }
    return looks < 0 || now() >= end;
  }

  static void pass(int milliseconds) {
    allow(milliseconds);
    while (!isOver()) {
      Cpu.pause();
    }
  }
}
