package org.tenon.hv.engine.sim.cpu;

import java.util.Map;
import java.util.TreeMap;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Model-specific registers. Those that steer the processor act at once; those that a kernel only
 * expects to keep their value are storage; every other index is the machine's ({@link
 * VcpuExit.Reason#MSR_READ}).
 */
public final class Msrs {
  public static final int TSC = 0x10;
  public static final int SYSENTER_CS = 0x174;
  public static final int SYSENTER_ESP = 0x175;
  public static final int SYSENTER_EIP = 0x176;
  public static final int PAT = 0x277;
  public static final int EFER = 0xc0000080;
  public static final int STAR = 0xc0000081;
  public static final int LSTAR = 0xc0000082;
  public static final int CSTAR = 0xc0000083;
  public static final int SFMASK = 0xc0000084;
  public static final int FS_BASE = 0xc0000100;
  public static final int GS_BASE = 0xc0000101;
  public static final int KERNEL_GS_BASE = 0xc0000102;
  public static final int TSC_AUX = 0xc0000103;

  /**
   * What the guest has added to the time stamp counter. CPUID does not show this MSR; it is where a
   * saved state keeps the offset.
   */
  private static final int TSC_ADJUST = 0x3b;

  /** Performance counters, which earlier states hold; CPUID shows none, so they are dropped. */
  private static final int FORMER_FIRST = 0xc0010000;

  private static final int FORMER_LAST = 0xc0010007;

  private static final int MTRR_CAP = 0xfe;
  private static final int MICROCODE = 0x8b;
  private static final int MACHINE_CHECK_CAP = 0x179;
  private static final int MACHINE_CHECK_STATUS = 0x17a;
  private static final long EFER_KNOWN =
      Cpu.EFER_SCE | Cpu.EFER_LME | Cpu.EFER_LMA | Cpu.EFER_NXE | Cpu.EFER_FFXSR;

  private final Cpu cpu;
  private final TreeMap<Integer, Long> storage = new TreeMap<>();

  /** Read by SYSCALL and SWAPGS, so kept apart. */
  public long star;

  public long lstar;
  public long cstar;
  public long sfmask;
  public long kernelGsBase;
  public long tscAux;
  public long sysenterCs;
  public long sysenterEsp;
  public long sysenterEip;

  Msrs(Cpu cpu) {
    this.cpu = cpu;
    storage.put(PAT, 0x0007040600070406L);
    storage.put(MICROCODE, 0L);
    storage.put(MACHINE_CHECK_STATUS, 0L);
    for (int k = 0x200; k < 0x210; k++) {
      storage.put(k, 0L); // variable MTRRs
    }
    for (int k : new int[] {0x250, 0x258, 0x259, 0x2ff}) {
      storage.put(k, 0L); // fixed MTRRs and the default type
    }
    for (int k = 0x268; k < 0x270; k++) {
      storage.put(k, 0L);
    }
    for (int k : new int[] {0xc0010010, 0xc0010015, 0xc0010055, 0xc0011029}) {
      storage.put(k, 0L); // SYSCFG, HWCR, interrupt pending, DE_CFG
    }
  }

  /** RDMSR. */
  public long read(int index, Insn at) {
    return switch (index) {
      case TSC -> cpu.clock.tsc(at.position);
      case EFER -> cpu.efer;
      case FS_BASE -> cpu.segments.base(Insn.FS);
      case GS_BASE -> cpu.segments.base(Insn.GS);
      case MTRR_CAP -> 0x508; // write combining, fixed ranges, 8 variable ranges
      case MACHINE_CHECK_CAP -> 0; // no banks: nothing here can break
      case STAR,
          LSTAR,
          CSTAR,
          SFMASK,
          KERNEL_GS_BASE,
          TSC_AUX,
          SYSENTER_CS,
          SYSENTER_ESP,
          SYSENTER_EIP ->
          own(index);
      default -> {
        Long stored = storage.get(index);
        yield stored != null
            ? stored
            : cpu.devices.read(VcpuExit.Reason.MSR_READ, Integer.toUnsignedLong(index), 0);
      }
    };
  }

  private long own(int index) {
    return switch (index) {
      case STAR -> star;
      case LSTAR -> lstar;
      case CSTAR -> cstar;
      case SFMASK -> sfmask;
      case KERNEL_GS_BASE -> kernelGsBase;
      case TSC_AUX -> tscAux;
      case SYSENTER_CS -> sysenterCs;
      case SYSENTER_ESP -> sysenterEsp;
      default -> sysenterEip;
    };
  }

  private void setOwn(int index, long value) {
    switch (index) {
      case STAR -> star = value;
      case LSTAR -> lstar = value;
      case CSTAR -> cstar = value;
      case SFMASK -> sfmask = value & 0xffffffffL;
      case KERNEL_GS_BASE -> kernelGsBase = value;
      case TSC_AUX -> tscAux = value & 0xffffffffL;
      case SYSENTER_CS -> sysenterCs = value & 0xffff;
      case SYSENTER_ESP -> sysenterEsp = value;
      default -> sysenterEip = value;
    }
  }

  /** WRMSR. */
  public void write(int index, long value, Insn at) {
    switch (index) {
      case LSTAR, CSTAR, KERNEL_GS_BASE, SYSENTER_ESP, SYSENTER_EIP, FS_BASE, GS_BASE -> {
        if (value << 16 >> 16 != value) {
          throw cpu.fault(GuestFault.GP, 0);
        }
      }
      default -> {}
    }
    switch (index) {
      case TSC -> cpu.clock.setTsc(value, at.position);
      case EFER -> writeEfer(value);
      case FS_BASE -> cpu.segments.setBase(Insn.FS, value);
      case GS_BASE -> cpu.segments.setBase(Insn.GS, value);
      case MTRR_CAP, MACHINE_CHECK_CAP -> throw cpu.fault(GuestFault.GP, 0);
      case MICROCODE -> {} // a signature of zero stays
      case STAR,
          LSTAR,
          CSTAR,
          SFMASK,
          KERNEL_GS_BASE,
          TSC_AUX,
          SYSENTER_CS,
          SYSENTER_ESP,
          SYSENTER_EIP ->
          setOwn(index, value);
      default -> {
        if (index == PAT) {
          checkPat(value);
        }
        if (storage.containsKey(index)) {
          storage.put(index, value);
        } else {
          cpu.devices.write(VcpuExit.Reason.MSR_WRITE, Integer.toUnsignedLong(index), 0, value);
        }
      }
    }
  }

  private void checkPat(long value) {
    for (int k = 0; k < 64; k += 8) {
      int type = (int) (value >>> k) & 0xff;
      if (type > 7 || type == 2 || type == 3) {
        throw cpu.fault(GuestFault.GP, 0);
      }
    }
  }

  private void writeEfer(long value) {
    boolean changesLme = ((value ^ cpu.efer) & Cpu.EFER_LME) != 0;
    if ((value & ~EFER_KNOWN) != 0 || (changesLme && cpu.paging())) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    cpu.efer = (value & ~Cpu.EFER_LMA) | (cpu.efer & Cpu.EFER_LMA);
    cpu.mmu.flush();
    cpu.updateMode();
  }

  /** All that the engine keeps, for a saved state; FS and GS base and EFER live elsewhere. */
  public Map<Integer, Long> save() {
    TreeMap<Integer, Long> all = new TreeMap<>(storage);
    for (int index : OWN) {
      all.put(index, own(index));
    }
    all.put(TSC_ADJUST, cpu.clock.guestOffset());
    return all;
  }

  private static final int[] OWN = {
    STAR, LSTAR, CSTAR, SFMASK, KERNEL_GS_BASE, TSC_AUX, SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP
  };

  /**
   * Takes a saved state.
   *
   * @throws IllegalArgumentException for an index that the engine does not keep
   */
  public void restore(Map<Integer, Long> saved) {
    for (Map.Entry<Integer, Long> each : saved.entrySet()) {
      int index = each.getKey();
      if (index == TSC_ADJUST) {
        cpu.clock.setGuestOffset(each.getValue());
      } else if (storage.containsKey(index)) {
        storage.put(index, each.getValue());
      } else if (java.util.Arrays.stream(OWN).anyMatch(own -> own == index)) {
        setOwn(index, each.getValue());
      } else if (index < FORMER_FIRST || index > FORMER_LAST) {
        throw new IllegalArgumentException("the simulator keeps no MSR 0x%x".formatted(index));
      }
    }
  }
}
