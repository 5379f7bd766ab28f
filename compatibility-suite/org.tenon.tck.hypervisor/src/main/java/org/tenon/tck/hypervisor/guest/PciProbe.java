package org.tenon.tck.hypervisor.guest;

/** What holds for configuration space and every function in it. */
final class PciProbe {
  private static final int LAST_CAPABILITY = 0x15;
  private static final int MOST_CAPABILITIES = 48;
  private static final int MOST_EXTENDED = 960;

  private PciProbe() {}

  static void probe() {
    mechanism();
    Pci.enumerate();
    Report.within(60, Pci.count, 1, 255, "functions found");
    for (int i = 0; i < Pci.count; i++) {
      function(Pci.function(i));
    }
    Report.aboutTheMachine();
    Report.restAbsent(62, 76, "no function of that kind");
  }

  private static void mechanism() {
    int written = Pci.ENABLE | 0x00123458;
    Cpu.out32(Pci.ADDRESS, written);
    long back = Cpu.in32(Pci.ADDRESS) & 0xffffffffL;
    Report.equal(60, back, written & 0xffffffffL, "configuration address, read back");
    int nobody = -1;
    for (int device = 31; device > 0 && nobody < 0; device--) {
      if (!Pci.isThere(device << 3)) {
        nobody = device << 3;
      }
    }
    if (nobody < 0) {
      Report.absent(61, "every device of bus 0 is there");
      return;
    }
    Pci.write32(nobody, Pci.BARS, 0);
    int all = Pci.read32(nobody, 0) & Pci.read32(nobody, 4) & Pci.read32(nobody, Pci.BARS);
    Report.equal(61, all, -1, "configuration space of nobody");
  }

  private static void function(int function) {
    Report.about(function);
    if (Pci.hasEcam(function)) {
      int different = 0;
      for (int register = 0; register < 256; register += 4) {
        if (Pci.read32(function, register) != Pci.readByMemory(function, register)) {
          different++;
        }
      }
      Report.equal(62, different, 0, "registers that differ by ports and by memory");
    }
    header(function);
    BarProbe.probe(function);
    if (capabilities(function)) {
      MsixProbe.probe(function);
    }
    if (Pci.hasEcam(function) && Pci.capability(function, Pci.CAPABILITY_EXPRESS, 0) != 0) {
      extendedCapabilities(function);
    }
    if (Pci.isBridge(function)) {
      bridge(function);
    }
  }

  private static void header(int function) {
    int type = Pci.read8(function, Pci.HEADER_TYPE);
    Report.within(63, type & 0x7f, 0, 1, "header layout");
    if ((function & 7) != 0) {
      int first = Pci.read8(function & 0xfff8, Pci.HEADER_TYPE);
      Report.equal(63, first & 0x80, 0x80, "multi-function bit of function 0");
    }
    int identity = Pci.read32(function, 0);
    int classCode = Pci.read32(function, Pci.REVISION_AND_CLASS);
    Pci.write32(function, 0, ~identity);
    Pci.write32(function, Pci.REVISION_AND_CLASS, ~classCode);
    boolean kept =
        Pci.read32(function, 0) == identity
            && Pci.read32(function, Pci.REVISION_AND_CLASS) == classCode;
    Report.check(64, kept, "vendor, device, revision and class cannot be written");
    int line = Pci.read8(function, Pci.INTERRUPT);
    int pin = Pci.read8(function, Pci.INTERRUPT + 1);
    Report.within(65, pin, 0, 4, "interrupt pin");
    if (pin != 0) {
      Pci.write8(function, Pci.INTERRUPT, 0x5a);
      Report.equal(65, Pci.read8(function, Pci.INTERRUPT), 0x5a, "interrupt line, read back");
      Pci.write8(function, Pci.INTERRUPT, line);
    }
  }

  /** Whether there is a list, and it is as it must be. */
  private static boolean capabilities(int function) {
    boolean listed = (Pci.read16(function, Pci.COMMAND + 2) & 0x10) != 0;
    if (!listed) {
      return false;
    }
    int at = Pci.read8(function, Pci.CAPABILITIES);
    int length = 0;
    boolean whole = true;
    while (at != 0 && whole) {
      int id = Pci.read8(function, at & 0xfc);
      whole = (at & 3) == 0 && at >= 0x40 && id > 0 && id <= LAST_CAPABILITY;
      length++;
      whole &= length <= MOST_CAPABILITIES;
      at = Pci.read8(function, (at & 0xfc) + 1);
    }
    Report.check(
        71, whole, "capabilities: aligned, behind the header, of known kinds, without end");
    return whole;
  }

  private static void extendedCapabilities(int function) {
    int at = 0x100;
    int length = 0;
    boolean whole = true;
    int header = Pci.readByMemory(function, at);
    if (header == 0 || header == -1) {
      Report.check(72, header == 0, "extended space without capabilities reads 0");
      return;
    }
    while (at != 0 && whole) {
      header = Pci.readByMemory(function, at);
      length++;
      whole = length <= MOST_EXTENDED && (header & 0xffff) != 0xffff;
      at = header >>> 20;
      whole &= at == 0 || (at >= 0x100 && (at & 3) == 0);
    }
    Report.check(72, whole, "extended capabilities: aligned, behind 100H, with an end");
  }

  private static void bridge(int function) {
    int buses = Pci.read32(function, Pci.BUSES);
    int primary = buses & 0xff;
    int secondary = buses >>> 8 & 0xff;
    int subordinate = buses >>> 16 & 0xff;
    Report.equal(73, primary, function >>> 8, "primary bus");
    Report.within(73, secondary, primary + 1, subordinate, "secondary bus");
    Pci.write8(function, Pci.BUSES + 2, subordinate ^ 0x40);
    int back = Pci.read8(function, Pci.BUSES + 2);
    Pci.write8(function, Pci.BUSES + 2, subordinate);
    Report.equal(73, back, subordinate ^ 0x40, "subordinate bus, read back");
  }
}
