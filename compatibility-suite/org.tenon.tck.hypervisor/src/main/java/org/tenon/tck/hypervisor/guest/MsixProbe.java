package org.tenon.tck.hypervisor.guest;

/** The MSI-X capability and its tables (PCI Local Bus 3.0, 6.8.2), and their use. */
final class MsixProbe {
  static final int ENABLE = 1 << 15;
  static final int MASK_ALL = 1 << 14;

  private static final int ENTRY = 16;

  private MsixProbe() {}

  static void probe(int function) {
    int at = Pci.capability(function, Pci.CAPABILITY_MSIX, 0);
    if (at == 0) {
      return;
    }
    int control = Pci.read16(function, at + 2);
    int entries = (control & 0x7ff) + 1;
    int table = Pci.read32(function, at + 4);
    int pending = Pci.read32(function, at + 8);
    long tableEnd = (table & 0xfffffff8L) + (long) entries * ENTRY;
    long pendingEnd = (pending & 0xfffffff8L) + ((entries + 63) / 64) * 8L;
    boolean apart =
        (table & 7) != (pending & 7)
            || tableEnd <= (pending & 0xfffffff8L)
            || pendingEnd <= (table & 0xfffffff8L);
    Report.check(74, (table & 7) < 6 && (pending & 7) < 6 && apart, "MSI-X tables in BARs, apart");
    Pci.write16(function, at + 2, control ^ (MASK_ALL | 0x7ff));
    int back = Pci.read16(function, at + 2);
    Pci.write16(function, at + 2, control);
    Report.equal(75, back, control ^ MASK_ALL, "MSI-X control: mask kept, size read-only");
    if ((table & 7) >= 6 || Pci.bar(function, table & 7) == 0) {
      Report.absent(76, "the BAR of the table is not placed");
      return;
    }
    int command = Pci.read16(function, Pci.COMMAND);
    Pci.allow(function, Pci.MEMORY_SPACE);
    entries(Pci.bar(function, table & 7) + (table & 0xfffffff8L), entries);
    Pci.write16(function, Pci.COMMAND, command);
  }

  private static void entries(long table, int entries) {
    int open = 0;
    int forgetful = 0;
    for (int i = 0; i < entries && i < 64; i++) {
      long entry = table + (long) i * ENTRY;
      if ((Cpu.read32(entry + 12) & 1) == 0) {
        open++;
      }
      Cpu.write32(entry, 0xfee0_1230 + 4 * i);
      Cpu.write32(entry + 8, 0x40 + i);
      if (Cpu.read32(entry) != 0xfee0_1230 + 4 * i || Cpu.read32(entry + 8) != 0x40 + i) {
        forgetful++;
      }
    }
    Report.equal(76, open, 0, "MSI-X entries that are not masked after reset");
    Report.equal(76, forgetful, 0, "MSI-X entries that do not keep what was written");
  }

  /** Lets an entry interrupt this processor, every entry open. */
  static void enable(int function, int entry, int vector) {
    int at = Pci.capability(function, Pci.CAPABILITY_MSIX, 0);
    int table = Pci.read32(function, at + 4);
    long address = Pci.bar(function, table & 7) + (table & 0xfffffff8L) + (long) entry * ENTRY;
    Cpu.write32(address, 0xfee00000 | LocalApic.id() << 12);
    Cpu.write32(address + 4, 0);
    Cpu.write32(address + 8, vector);
    Cpu.write32(address + 12, 0);
    int control = Pci.read16(function, at + 2) & ~MASK_ALL;
    Pci.write16(function, at + 2, control | ENABLE);
  }

  static void maskAll(int function, boolean masked) {
    int at = Pci.capability(function, Pci.CAPABILITY_MSIX, 0);
    int control = Pci.read16(function, at + 2) & ~MASK_ALL;
    Pci.write16(function, at + 2, masked ? control | MASK_ALL : control);
  }

  static void disable(int function) {
    int at = Pci.capability(function, Pci.CAPABILITY_MSIX, 0);
    Pci.write16(function, at + 2, Pci.read16(function, at + 2) & ~ENABLE);
  }
}
