package org.tenon.hv.engine.sim.cpu;

/** Writes to the control registers, with their checks and their effects on paging and mode. */
public final class ControlRegisters {
  private static final long CR0_KNOWN = 0xe005003fL;
  private static final long CR4_KNOWN =
      Cpu.CR4_TSD
          | Cpu.CR4_DE
          | Cpu.CR4_PSE
          | Cpu.CR4_PAE
          | 0x40
          | Cpu.CR4_PGE
          | Cpu.CR4_PCE
          | Cpu.CR4_OSFXSR
          | 0x400
          | Cpu.CR4_UMIP
          | Cpu.CR4_FSGSBASE
          | Cpu.CR4_OSXSAVE
          | Cpu.CR4_SMEP
          | Cpu.CR4_SMAP;
  private static final long XCR0_KNOWN = 3;

  private final Cpu cpu;

  ControlRegisters(Cpu cpu) {
    this.cpu = cpu;
  }

  /** MOV to CR0, LMSW, CLTS. */
  public void writeCr0(long value) {
    boolean pe = (value & Cpu.CR0_PE) != 0;
    boolean pg = (value & Cpu.CR0_PG) != 0;
    boolean cacheOddity = (value & 0x60000000L) == 0x20000000L; // NW without CD
    if (value >>> 32 != 0 || (pg && !pe) || cacheOddity) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    long old = cpu.cr0;
    long now = (value & CR0_KNOWN) | Cpu.CR0_ET;
    if (pg && !cpu.paging() && (cpu.efer & Cpu.EFER_LME) != 0) {
      if ((cpu.cr4 & Cpu.CR4_PAE) == 0) {
        throw cpu.fault(GuestFault.GP, 0);
      }
      cpu.efer |= Cpu.EFER_LMA;
    } else if (!pg && cpu.paging()) {
      if (cpu.code64()) {
        throw cpu.fault(GuestFault.GP, 0);
      }
      cpu.efer &= ~Cpu.EFER_LMA;
    }
    cpu.cr0 = now;
    if (((old ^ now) & (Cpu.CR0_PG | Cpu.CR0_WP | Cpu.CR0_PE)) != 0) {
      cpu.mmu.flush();
    }
    if (((old ^ now) & Cpu.CR0_PE) != 0 && !pe) {
      cpu.setCpl(0);
    }
    cpu.updateMode();
  }

  /** MOV to CR3. */
  public void writeCr3(long value) {
    if (cpu.longMode() && value >>> 52 != 0) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    cpu.cr3 = value;
    cpu.mmu.flushNonGlobal();
  }

  /** MOV to CR4; a bit whose feature CPUID does not show is reserved. */
  public void writeCr4(long value) {
    boolean leavesPae = (value & Cpu.CR4_PAE) == 0 && cpu.longMode();
    if ((value & ~(CR4_KNOWN & offered())) != 0 || leavesPae) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    cpu.cr4 = value;
    cpu.mmu.flush();
    cpu.updateMode();
  }

  private long offered() {
    int seven = cpu.cpuid.get(7, 0).ebx();
    int one = cpu.cpuid.get(1, 0).ecx();
    long missing = 0;
    missing |= (seven & 1) == 0 ? Cpu.CR4_FSGSBASE : 0;
    missing |= (seven & 1 << 7) == 0 ? Cpu.CR4_SMEP : 0;
    missing |= (seven & 1 << 20) == 0 ? Cpu.CR4_SMAP : 0;
    missing |= (cpu.cpuid.get(7, 0).ecx() & 4) == 0 ? Cpu.CR4_UMIP : 0;
    missing |= (one & 1 << 26) == 0 ? Cpu.CR4_OSXSAVE : 0;
    return ~missing;
  }

  /** MOV to CR8: the machine hears of it. */
  public void writeCr8(long value) {
    if (value >>> 4 != 0) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    cpu.taskPriorityChanged |= cpu.cr8 != (int) value;
    cpu.cr8 = (int) value;
  }

  /** XSETBV. */
  public void writeXcr0(long value) {
    if ((value & 1) == 0 || (value & ~XCR0_KNOWN) != 0) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    cpu.xcr0 = value;
  }

  /** MOV to DR0–DR7; 4 and 5 stand for 6 and 7. */
  public void writeDebug(int number, long value) {
    int n = number == 4 || number == 5 ? number + 2 : number;
    if (n >= 6 && value >>> 32 != 0) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    cpu.dr[n] =
        n == 6 ? (value & 0xe00fL) | 0xffff0ff0L : n == 7 ? (value & 0xffff23ffL) | 0x400 : value;
    cpu.debug.update();
  }

  /** MOV from DR0–DR7. */
  public long readDebug(int number) {
    return cpu.dr[number == 4 || number == 5 ? number + 2 : number];
  }
}
