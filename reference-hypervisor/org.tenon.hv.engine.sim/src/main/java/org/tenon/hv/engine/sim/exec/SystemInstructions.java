package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.cpu.Msrs;
import org.tenon.hv.engine.sim.decode.Insn;

/** Control registers, MSRs, CPUID, counters, fast system calls, HLT. */
final class SystemInstructions {
  private static final long CANONICAL_SHIFT = 16;

  /** EBX of CPUID leaf 0 where the vendor is AuthenticAMD. */
  private static final int AUTH_OF_AMD = 0x68747541;

  private SystemInstructions() {}

  static void bind(Handlers h) {
    h.bind("MOV.fromcr", SystemInstructions::fromControl);
    h.bind("MOV.tocr", SystemInstructions::toControl);
    h.bind("MOV.fromdr", SystemInstructions::fromDebug);
    h.bind("MOV.todr", SystemInstructions::toDebug);
    h.bind("CLTS", SystemInstructions::clts);
    h.bind("SMSW", (c, i) -> c.setDst(i, c.cr0));
    h.bind("LMSW", SystemInstructions::lmsw);
    h.bind("INVLPG", SystemInstructions::invlpg);
    h.bind("INVD", (c, i) -> c.requirePrivilege());
    h.bind("WBINVD", (c, i) -> c.requirePrivilege());
    h.bind("HLT", SystemInstructions::hlt);
    h.bind("RDMSR", SystemInstructions::rdmsr);
    h.bind("WRMSR", SystemInstructions::wrmsr);
    h.bind("RDTSC", SystemInstructions::rdtsc);
    h.bind("RDTSCP", SystemInstructions::rdtscp);
    h.bind("RDPMC", SystemInstructions::rdpmc);
    h.bind("CPUID", SystemInstructions::cpuid);
    h.bind("XGETBV", SystemInstructions::xgetbv);
    h.bind("XSETBV", SystemInstructions::xsetbv);
    h.bind("SWAPGS", SystemInstructions::swapgs);
    h.bind("RDFSBASE", (c, i) -> readBase(c, i, Insn.FS));
    h.bind("RDGSBASE", (c, i) -> readBase(c, i, Insn.GS));
    h.bind("WRFSBASE", (c, i) -> writeBase(c, i, Insn.FS));
    h.bind("WRGSBASE", (c, i) -> writeBase(c, i, Insn.GS));
    h.bind("SYSCALL", SystemInstructions::syscall);
    h.bind("SYSRET", SystemInstructions::sysret);
    h.bind("SYSENTER", SystemInstructions::sysenter);
    h.bind("SYSEXIT", SystemInstructions::sysexit);
  }

  private static void fromControl(Cpu c, Insn i) {
    c.requirePrivilege();
    long value =
        switch (controlRegister(c, i)) {
          case 0 -> c.cr0;
          case 2 -> c.cr2;
          case 3 -> c.cr3;
          case 4 -> c.cr4;
          case 8 -> c.cr8;
          default -> throw c.fault(GuestFault.UD, 0);
        };
    c.setRegister(i.modRmRegister(), c.code64() ? 8 : 4, value);
  }

  /** AMD's way to reach CR8 outside 64-bit mode: CR0 with LOCK. */
  private static int controlRegister(Cpu c, Insn i) {
    if (!i.lock) {
      return i.reg;
    }
    boolean alternative = (c.cpuid.get(CpuidTable.EXTENDED + 1, 0).ecx() & 1 << 4) != 0;
    if (!alternative || i.reg != 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    return 8;
  }

  private static void toControl(Cpu c, Insn i) {
    c.requirePrivilege();
    long value = c.register(i.modRmRegister(), c.code64() ? 8 : 4);
    switch (controlRegister(c, i)) {
      case 0 -> c.control.writeCr0(value);
      case 2 -> c.cr2 = value;
      case 3 -> c.control.writeCr3(value);
      case 4 -> c.control.writeCr4(value);
      case 8 -> c.control.writeCr8(value);
      default -> throw c.fault(GuestFault.UD, 0);
    }
  }

  private static void fromDebug(Cpu c, Insn i) {
    c.requirePrivilege();
    checkDebug(c, i);
    c.setRegister(i.modRmRegister(), c.code64() ? 8 : 4, c.control.readDebug(i.reg));
  }

  private static void toDebug(Cpu c, Insn i) {
    c.requirePrivilege();
    checkDebug(c, i);
    c.control.writeDebug(i.reg, c.register(i.modRmRegister(), c.code64() ? 8 : 4));
  }

  private static void checkDebug(Cpu c, Insn i) {
    boolean alias = (i.reg == 4 || i.reg == 5) && (c.cr4 & Cpu.CR4_DE) != 0;
    if (i.reg > 7 || alias) {
      throw c.fault(GuestFault.UD, 0);
    }
    c.debug.checkAccess();
  }

  private static void clts(Cpu c, Insn i) {
    c.requirePrivilege();
    c.cr0 &= ~Cpu.CR0_TS;
  }

  private static void lmsw(Cpu c, Insn i) {
    c.requirePrivilege();
    long value = (c.dst(i) & 15) | (c.cr0 & Cpu.CR0_PE); // cannot clear PE
    c.control.writeCr0((c.cr0 & ~15L) | value);
  }

  private static void invlpg(Cpu c, Insn i) {
    c.requirePrivilege();
    long base = c.code64() ? c.segments.flat[i.segment] : c.segments.base(i.segment);
    c.mmu.flushPage(c.wrapLinear(base + c.offset(i)));
  }

  private static void hlt(Cpu c, Insn i) {
    c.requirePrivilege();
    c.halted = true;
  }

  private static void rdmsr(Cpu c, Insn i) {
    c.requirePrivilege();
    setPair(c, c.msrs.read((int) c.r[Cpu.RCX], i));
  }

  private static void wrmsr(Cpu c, Insn i) {
    c.requirePrivilege();
    long value = c.r[Cpu.RDX] << 32 | (c.r[Cpu.RAX] & 0xffffffffL);
    c.msrs.write((int) c.r[Cpu.RCX], value, i);
  }

  private static void setPair(Cpu c, long value) {
    c.r[Cpu.RAX] = value & 0xffffffffL;
    c.r[Cpu.RDX] = value >>> 32;
  }

  private static void checkTimeStamp(Cpu c) {
    if ((c.cr4 & Cpu.CR4_TSD) != 0 && c.cpl() != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
  }

  private static void rdtsc(Cpu c, Insn i) {
    checkTimeStamp(c);
    setPair(c, c.clock.tsc(i.position));
  }

  private static void rdtscp(Cpu c, Insn i) {
    if ((c.cpuid.get(CpuidTable.EXTENDED + 1, 0).edx() & 1 << 27) == 0) {
      throw c.fault(GuestFault.UD, 0);
    }
    checkTimeStamp(c);
    setPair(c, c.clock.tsc(i.position));
    c.r[Cpu.RCX] = c.msrs.tscAux;
  }

  private static void rdpmc(Cpu c, Insn i) {
    throw c.fault(GuestFault.GP, 0); // CPUID shows no counter
  }

  private static void cpuid(Cpu c, Insn i) {
    int leaf = (int) c.r[Cpu.RAX];
    int subleaf = (int) c.r[Cpu.RCX];
    CpuidTable.Entry row = c.cpuid.get(leaf, hasSubleaves(leaf) ? subleaf : 0);
    int a = row.eax();
    int b = row.ebx();
    int x = row.ecx();
    int d = row.edx();
    switch (leaf) {
      case 1 -> {
        b = (b & 0xffffff) | c.apicId << 24;
        x = (c.cr4 & Cpu.CR4_OSXSAVE) != 0 ? x | 1 << 27 : x & ~(1 << 27);
      }
      case 0xb -> d = c.apicId;
      case 0x8000001e -> a = c.apicId;
      default -> {}
    }
    c.r[Cpu.RAX] = a & 0xffffffffL;
    c.r[Cpu.RBX] = b & 0xffffffffL;
    c.r[Cpu.RCX] = x & 0xffffffffL;
    c.r[Cpu.RDX] = d & 0xffffffffL;
  }

  private static boolean hasSubleaves(int leaf) {
    return switch (leaf) {
      case 4, 7, 0xb, 0xd, 0xf, 0x8000001d -> true;
      default -> false;
    };
  }

  private static void requireXsave(Cpu c) {
    if ((c.cr4 & Cpu.CR4_OSXSAVE) == 0) {
      throw c.fault(GuestFault.UD, 0);
    }
  }

  private static void xgetbv(Cpu c, Insn i) {
    requireXsave(c);
    if ((int) c.r[Cpu.RCX] != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    setPair(c, c.xcr0);
  }

  private static void xsetbv(Cpu c, Insn i) {
    requireXsave(c);
    c.requirePrivilege();
    if ((int) c.r[Cpu.RCX] != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    c.control.writeXcr0(c.r[Cpu.RDX] << 32 | (c.r[Cpu.RAX] & 0xffffffffL));
  }

  private static void swapgs(Cpu c, Insn i) {
    c.requirePrivilege();
    long old = c.segments.base(Insn.GS);
    c.segments.setBase(Insn.GS, c.msrs.kernelGsBase);
    c.msrs.kernelGsBase = old;
  }

  private static void readBase(Cpu c, Insn i, int segment) {
    requireFsgsbase(c);
    c.setRegister(i.modRmRegister(), i.size, c.segments.base(segment));
  }

  private static void writeBase(Cpu c, Insn i, int segment) {
    requireFsgsbase(c);
    long value = c.register(i.modRmRegister(), i.size);
    if (value << CANONICAL_SHIFT >> CANONICAL_SHIFT != value) {
      throw c.fault(GuestFault.GP, 0);
    }
    c.segments.setBase(segment, value);
  }

  private static void requireFsgsbase(Cpu c) {
    if ((c.cr4 & Cpu.CR4_FSGSBASE) == 0) {
      throw c.fault(GuestFault.UD, 0);
    }
  }

  private static void syscall(Cpu c, Insn i) {
    if ((c.efer & Cpu.EFER_SCE) == 0 || !c.protectedMode()) {
      throw c.fault(GuestFault.UD, 0);
    }
    Msrs m = c.msrs;
    int selector = (int) (m.star >>> 32) & 0xffff;
    c.r[Cpu.RCX] = c.code64() ? i.next : i.next & 0xffffffffL;
    if (c.longMode()) {
      boolean from64 = c.code64();
      c.r[11] = c.rflags() & ~(long) Flags.RF;
      c.flags.set(c.rflags() & ~m.sfmask & ~(long) Flags.RF);
      c.loader.fillFlat(selector, selector + 8, 0, true);
      c.rip = from64 ? m.lstar : m.cstar;
    } else {
      c.flags.system &= ~(Flags.VM | Flags.IF | Flags.RF);
      c.loader.fillFlat(selector, selector + 8, 0, false);
      c.rip = m.star & 0xffffffffL;
    }
    c.debug.recheckStep();
  }

  private static void sysret(Cpu c, Insn i) {
    if ((c.efer & Cpu.EFER_SCE) == 0 || !c.protectedMode()) {
      throw c.fault(GuestFault.UD, 0);
    }
    c.requirePrivilege();
    int selector = (int) (c.msrs.star >>> 48) & 0xffff;
    long target = i.rexW ? c.r[Cpu.RCX] : c.r[Cpu.RCX] & 0xffffffffL;
    if (i.rexW && target << CANONICAL_SHIFT >> CANONICAL_SHIFT != target) {
      throw c.fault(GuestFault.GP, 0);
    }
    if (c.longMode()) {
      int kept = ~(Flags.RF | Flags.VM);
      c.flags.set(c.r[11] & kept);
    } else {
      c.flags.system |= Flags.IF;
    }
    c.loader.fillFlat(selector + (i.rexW ? 16 : 0), selector + 8, 3, i.rexW);
    c.rip = target;
    c.debug.recheckStep();
  }

  /** AMD's processors know SYSENTER and SYSEXIT outside long mode only. */
  private static void requireSysenter(Cpu c) {
    boolean amd = c.cpuid.get(0, 0).ebx() == AUTH_OF_AMD;
    if (amd && c.longMode()) {
      throw c.fault(GuestFault.UD, 0);
    }
  }

  private static void sysenter(Cpu c, Insn i) {
    requireSysenter(c);
    Msrs m = c.msrs;
    int selector = (int) m.sysenterCs & 0xfffc;
    if ((c.cr0 & Cpu.CR0_PE) == 0 || selector == 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    boolean to64 = c.longMode();
    c.flags.system &= ~(Flags.VM | Flags.IF | Flags.RF);
    c.loader.fillFlat(selector, selector + 8, 0, to64);
    c.r[Cpu.RSP] = to64 ? m.sysenterEsp : m.sysenterEsp & 0xffffffffL;
    c.rip = to64 ? m.sysenterEip : m.sysenterEip & 0xffffffffL;
  }

  private static void sysexit(Cpu c, Insn i) {
    requireSysenter(c);
    int selector = (int) c.msrs.sysenterCs & 0xfffc;
    if (!c.protectedMode() || selector == 0 || c.cpl() != 0) {
      throw c.fault(GuestFault.GP, 0);
    }
    boolean to64 = i.rexW;
    long target = to64 ? c.r[Cpu.RDX] : c.r[Cpu.RDX] & 0xffffffffL;
    long stack = to64 ? c.r[Cpu.RCX] : c.r[Cpu.RCX] & 0xffffffffL;
    c.loader.fillFlat(selector + (to64 ? 32 : 16), selector + (to64 ? 40 : 24), 3, to64);
    c.r[Cpu.RSP] = stack;
    c.rip = target;
  }
}
