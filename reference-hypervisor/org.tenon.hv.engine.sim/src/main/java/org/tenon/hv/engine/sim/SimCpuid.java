package org.tenon.hv.engine.sim;

import java.util.List;
import org.tenon.hv.engine.CpuidTable;

/** The features that the simulator can honour, as CPUID would show them. */
final class SimCpuid {
  private static final int LEAF_1_ECX =
      1 // SSE3
          | 1 << 9 // SSSE3
          | 1 << 13 // CMPXCHG16B
          | 1 << 19 // SSE4.1
          | 1 << 20 // SSE4.2
          | 1 << 21 // x2APIC, the machine's
          | 1 << 22 // MOVBE
          | 1 << 23 // POPCNT
          | 1 << 24 // TSC deadline, the machine's
          | 1 << 26 // XSAVE
          | 1 << 31; // hypervisor present

  private static final int LEAF_1_EDX =
      1 // x87
          | 1 << 2 // debugging extensions
          | 1 << 3 // 4 MiB pages
          | 1 << 4 // TSC
          | 1 << 5 // MSRs
          | 1 << 6 // PAE
          | 1 << 7 // machine-check exception
          | 1 << 8 // CMPXCHG8B
          | 1 << 9 // APIC, the machine's
          | 1 << 11 // SYSENTER
          | 1 << 12 // MTRR
          | 1 << 13 // global pages
          | 1 << 14 // machine-check architecture, without a bank
          | 1 << 15 // CMOV
          | 1 << 16 // PAT
          | 1 << 17 // PSE-36
          | 1 << 19 // CLFLUSH
          | 1 << 23 // MMX
          | 1 << 24 // FXSAVE
          | 1 << 25 // SSE
          | 1 << 26 // SSE2
          | 1 << 28; // several threads: a number, not an ability

  private static final int LEAF_7_EBX =
      1 // RDFSBASE and relatives
          | 1 << 7 // SMEP
          | 1 << 9 // fast REP MOVSB
          | 1 << 20; // SMAP

  private static final int EXTENDED_ECX =
      1 // LAHF in 64-bit mode
          | 1 << 1 // cores: a number, not an ability
          | 1 << 4 // CR8 in 32-bit mode by LOCK: the encoding is accepted as #UD elsewhere
          | 1 << 8; // 3DNow prefetch

  private static final int EXTENDED_EDX =
      (LEAF_1_EDX & 0x0183f3ff & ~(1 << 11))
          | 1 << 11 // SYSCALL
          | 1 << 20 // no-execute
          | 1 << 25 // fast FXSAVE
          | 1 << 26 // 1 GiB pages
          | 1 << 27 // RDTSCP
          | 1 << 29; // long mode

  private static final int X87_AND_SSE = 3;

  static final CpuidTable SUPPORTED =
      new CpuidTable(
          List.of(
              row(1, 0, 0, LEAF_1_ECX, LEAF_1_EDX),
              row(7, 0, LEAF_7_EBX, 0, 0),
              row(0xd, X87_AND_SSE, 0, 0, 0),
              row(0x80000001, 0, 0, EXTENDED_ECX, EXTENDED_EDX),
              row(0x80000007, 0, 0, 0, 1 << 8), // invariant TSC
              row(0x80000008, 0, 0, 0, 0)));

  private SimCpuid() {}

  private static CpuidTable.Entry row(int leaf, int eax, int ebx, int ecx, int edx) {
    return new CpuidTable.Entry(leaf, 0, eax, ebx, ecx, edx);
  }
}
