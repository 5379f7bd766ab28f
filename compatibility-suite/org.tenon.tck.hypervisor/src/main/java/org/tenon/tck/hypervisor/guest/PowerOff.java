package org.tenon.tck.hypervisor.guest;

/** The last thing: soft-off through the ACPI control register. */
final class PowerOff {
  private static final int SLEEP_ENABLE = 1 << 13;

  private PowerOff() {}

  static void now() {
    if (Acpi.pmControlPort > 0 && Acpi.sleepTypeS5 >= 0) {
      Cpu.out16(Acpi.pmControlPort, Acpi.sleepTypeS5 << 10 | SLEEP_ENABLE);
      Time.pass(1000);
    }
    Report.check(140, false, "the machine is still on after PM1a_CNT");
  }
}
