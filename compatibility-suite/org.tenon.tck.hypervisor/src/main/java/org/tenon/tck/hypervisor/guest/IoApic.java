package org.tenon.tck.hypervisor.guest;

/** The I/O APIC (82093AA data sheet). */
final class IoApic {
  private static final int ID = 0;
  private static final int VERSION = 1;
  private static final int REDIRECTION = 0x10;
  private static final int MASKED = 1 << 16;
  private static final int WRITABLE_LOW = 0x1afff;
  private static final int VECTOR = 0x60;

  private IoApic() {}

  private static int read(int register) {
    Cpu.write32(Acpi.ioApicAddress, register);
    return Cpu.read32(Acpi.ioApicAddress + 0x10);
  }

  private static void write(int register, int value) {
    Cpu.write32(Acpi.ioApicAddress, register);
    Cpu.write32(Acpi.ioApicAddress + 0x10, value);
  }

  private static void route(int input, int low) {
    write(REDIRECTION + 2 * input + 1, LocalApic.id() << 24);
    write(REDIRECTION + 2 * input, low);
  }

  static void probe() {
    if (Acpi.ioApicAddress == 0) {
      Report.restAbsent(47, 49, "no I/O APIC");
      return;
    }
    Report.equal(47, read(ID) >>> 24 & 0xf, Acpi.ioApicId & 0xf, "I/O APIC ID, as in the MADT");
    Report.within(47, read(VERSION) & 0xff, 0x11, 0x2f, "version");
    int last = read(VERSION) >>> 16 & 0xff;
    Report.within(47, last, 23, 239, "its last input");
    int wrong = 0;
    for (int input = 0; input <= last; input++) {
      route(input, MASKED | VECTOR);
      if ((read(REDIRECTION + 2 * input) & WRITABLE_LOW) != (MASKED | VECTOR)
          || read(REDIRECTION + 2 * input + 1) >>> 24 != LocalApic.id()) {
        wrong++;
      }
    }
    Report.equal(48, wrong, 0, "redirection entries that do not keep what was written");
    timer();
  }

  /** The 8254 through the input that the MADT gives it. */
  private static void timer() {
    Interrupts.forget(VECTOR);
    route(Acpi.timerInput, VECTOR);
    Pit.tickEvery(1000);
    Report.check(49, Interrupts.await(VECTOR, 3, 500), "ISA interrupt 0 arrives");
    route(Acpi.timerInput, VECTOR | MASKED);
    Interrupts.letIn();
    Report.check(49, Interrupts.isSilent(VECTOR, 5), "a masked input is silent");
    Pit.stop();
  }
}
