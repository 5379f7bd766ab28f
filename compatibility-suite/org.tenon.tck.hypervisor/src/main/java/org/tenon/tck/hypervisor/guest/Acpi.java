package org.tenon.tck.hypervisor.guest;

/** Finds ACPI tables, and checks them (ACPI 6.5, chapter 5.2). */
final class Acpi {
  static final int FADT = 0x50434146;
  static final int MADT = 0x43495041;
  static final int MCFG = 0x4746434d;

  private static final int RSDT = 0x54445352;
  private static final int XSDT = 0x54445358;
  private static final int DSDT = 0x54445344;
  private static final int HEADER = 36;
  private static final int LONGEST = 1 << 20;

  /** Bytes of the DSDT that are no header, for the S5 package. */
  private static final int NAME_S5 = 0x5f35535f;

  /** SLP_TYPa of the soft-off state; negative where the DSDT has none. */
  static int sleepTypeS5;

  static int pmControlPort;
  private static long root;

  private Acpi() {}

  static void probe() {
    sleepTypeS5 = -1;
    long rsdp = Cpu.read64((Boot.startInfo & 0xffffffffL) + 32);
    rootPointer(rsdp);
    if (root == 0) {
      Report.restAbsent(21, 27, "no root table");
      return;
    }
    tables();
    fixedHardware();
    processors();
    ioApic();
    configurationSpace();
  }

  private static void rootPointer(long rsdp) {
    boolean found = rsdp != 0 && Cpu.read64(rsdp) == 0x2052545020445352L;
    boolean extended = found && Cpu.read8(rsdp + 15) >= 2;
    boolean sums = found && sum(rsdp, 20) == 0 && (!extended || sum(rsdp, 36) == 0);
    Report.check(20, sums, "RSDP at the address of the boot information, checksums");
    if (found) {
      root = extended ? Cpu.read64(rsdp + 24) : 0;
      if (root == 0) {
        root = Cpu.read32(rsdp + 16) & 0xffffffffL;
      }
    }
  }

  private static int sum(long at, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Cpu.read8(at + i);
    }
    return sum & 0xff;
  }

  private static boolean isWhole(long table) {
    int length = Cpu.read32(table + 4);
    return length >= HEADER && length <= LONGEST && sum(table, length) == 0;
  }

  private static int entrySize() {
    return Cpu.read32(root) == XSDT ? 8 : 4;
  }

  private static int count() {
    return (Cpu.read32(root + 4) - HEADER) / entrySize();
  }

  private static long entry(int index) {
    long at = root + HEADER + (long) index * entrySize();
    return entrySize() == 8 ? Cpu.read64(at) : Cpu.read32(at) & 0xffffffffL;
  }

  private static void tables() {
    int signature = Cpu.read32(root);
    boolean whole = (signature == XSDT || signature == RSDT) && isWhole(root);
    int wrong = 0;
    for (int i = 0; whole && i < count(); i++) {
      if (!isWhole(entry(i))) {
        wrong++;
      }
    }
    Report.check(21, whole, "root table, checksum");
    Report.equal(21, wrong, 0, "tables with a wrong length or checksum");
  }

  /** The table of that signature, or 0. */
  static long find(int signature) {
    for (int i = 0; root != 0 && i < count(); i++) {
      long table = entry(i);
      if (Cpu.read32(table) == signature && isWhole(table)) {
        return table;
      }
    }
    return 0;
  }

  private static void fixedHardware() {
    long fadt = find(FADT);
    if (fadt == 0) {
      Report.check(22, false, "no FADT");
      Report.absent(26, "no FADT");
      Report.absent(27, "no FADT");
      return;
    }
    long dsdt = Cpu.read32(fadt + 40) & 0xffffffffL;
    if (Cpu.read32(fadt + 4) >= 148 && Cpu.read64(fadt + 140) != 0) {
      dsdt = Cpu.read64(fadt + 140);
    }
    boolean whole = dsdt != 0 && Cpu.read32(dsdt) == DSDT && isWhole(dsdt);
    Report.check(22, whole, "FADT names a DSDT, checksum");
    pmControlPort = Cpu.read32(fadt + 64);
    int timer = Cpu.read32(fadt + 76);
    boolean hasTimer = timer > 0 && timer <= 0xffff && Cpu.read8(fadt + 91) == 4;
    Report.check(26, hasTimer, "PM timer block of four ports");
    if (hasTimer) {
      Time.useTimer(timer);
    }
    if (whole) {
      findSleepType(dsdt + HEADER, Cpu.read32(dsdt + 4) - HEADER);
    }
    Report.within(27, sleepTypeS5, 0, 7, "SLP_TYPa of _S5 in the DSDT");
  }

  /** {@code Name (_S5, Package (n) {SLP_TYPa, …})}: NameOp or a root character stands before. */
  private static void findSleepType(long at, int length) {
    for (int i = 0; i + 8 < length; i++) {
      if (Cpu.read32(at + i) == NAME_S5 && Cpu.read8(at + i + 4) == 0x12) {
        long element = at + i + 5 + (Cpu.read8(at + i + 5) >>> 6) + 2;
        int first = Cpu.read8(element);
        sleepTypeS5 = first == 0x0a ? Cpu.read8(element + 1) : first;
      }
    }
  }

  /** The I/O APIC's address, or 0. */
  static long ioApicAddress;

  static int ioApicId;
  static int timerInput;

  private static void processors() {
    long madt = find(MADT);
    if (madt == 0) {
      Report.check(23, false, "no MADT");
      return;
    }
    int own = Cpu.cpuid(1, 0, Cpu.EBX) >>> 24;
    long base = Cpu.rdmsr(LocalApic.BASE_MSR) & 0xffffffffff000L;
    Report.equal(23, Cpu.read32(madt + 36) & 0xffffffffL, base, "local APIC address");
    boolean listed = false;
    for (long at = firstEntry(madt); isEntry(madt, at); at += Cpu.read8(at + 1)) {
      int flags = Cpu.read32(at + 4);
      listed |= Cpu.read8(at) == 0 && (flags & 1) != 0 && Cpu.read8(at + 3) == own;
    }
    Report.check(23, listed, "this processor is listed, enabled");
  }

  private static long firstEntry(long madt) {
    return madt + 44;
  }

  private static boolean isEntry(long madt, long at) {
    return at + 2 <= madt + Cpu.read32(madt + 4) && Cpu.read8(at + 1) >= 2;
  }

  private static void ioApic() {
    long madt = find(MADT);
    for (long at = firstEntry(madt); madt != 0 && isEntry(madt, at); at += Cpu.read8(at + 1)) {
      if (Cpu.read8(at) == 1 && Cpu.read32(at + 8) == 0) {
        ioApicId = Cpu.read8(at + 2);
        ioApicAddress = Cpu.read32(at + 4) & 0xffffffffL;
      }
      if (Cpu.read8(at) == 2 && Cpu.read8(at + 3) == 0) {
        timerInput = Cpu.read32(at + 4);
      }
    }
    Report.check(24, ioApicAddress != 0, "an I/O APIC for interrupts from 0 on");
  }

  private static void configurationSpace() {
    long mcfg = find(MCFG);
    if (mcfg == 0 || Cpu.read32(mcfg + 4) < 60) {
      Report.absent(25, "no MCFG");
      return;
    }
    Pci.ecam = Cpu.read64(mcfg + 44);
    Pci.lastEcamBus = Cpu.read8(mcfg + 55);
    boolean begins = Cpu.read16(mcfg + 52) == 0 && Cpu.read8(mcfg + 54) == 0;
    Report.check(25, begins && (Pci.ecam & 0xfffff) == 0, "MCFG begins with segment 0, bus 0");
    Paging.map(Pci.ecam, (Pci.lastEcamBus + 1L) << 20);
  }
}
