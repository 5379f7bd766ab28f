package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.RamRegion;

/** Walks the page tables (Intel SDM vol. 3, chapter 4): 32-bit, PAE and 4-level paging. */
final class PageWalker {
  private static final long P = 1;
  private static final long RW = 2;
  private static final long US = 4;
  private static final int A = 0x20;
  private static final int D = 0x40;
  private static final long PS = 0x80;
  private static final long G = 0x100;
  private static final long NX = Long.MIN_VALUE;

  /** Of an entry for 4 MiB: bits 20:13 are the address's upper bits, 21 has no meaning. */
  private static final int PSE_RESERVED = 1 << 21;

  private static final int PF_PRESENT = 1;
  private static final int PF_WRITE = 2;
  private static final int PF_USER = 4;
  private static final int PF_RESERVED = 8;
  private static final int PF_FETCH = 16;

  private static final long UNMAPPED = -1;

  private static final int ADDRESS_SIZES = 0x80000008;

  private final Cpu cpu;
  private final PhysicalMemory memory;

  /** Physical address bits of an entry, and those that CPUID says do not exist. */
  private final long addressBits;

  private final long reservedBits;

  // The walk under way.
  private long linear;
  private int access;
  private boolean user;
  private boolean smapLifted;
  private boolean probing;
  private int kind;

  PageWalker(Cpu cpu, PhysicalMemory memory) {
    this.cpu = cpu;
    this.memory = memory;
    int shown = cpu.cpuid.get(ADDRESS_SIZES, 0).eax() & 0xff;
    int width =
        shown == 0
            ? RamRegion.PHYSICAL_ADDRESS_BITS
            : Math.min(shown, RamRegion.PHYSICAL_ADDRESS_BITS);
    addressBits = (1L << width) - 1 & ~0xfffL;
    reservedBits = (1L << 52) - (1L << width);
  }

  /** How the last translation may be cached: {@link Tlb#GLOBAL}, {@link Tlb#LARGE}. */
  int kind() {
    return kind;
  }

  /**
   * Translates, sets accessed and dirty bits.
   *
   * @throws GuestFault #PF, with CR2 set, or #GP for an address that is not canonical
   */
  long translate(long address, int how, boolean asUser, boolean liftSmap) {
    linear = address;
    access = how;
    user = asUser;
    smapLifted = liftSmap;
    probing = false;
    kind = 0;
    return walk();
  }

  /** Translates as a supervisor's read without effects; -1 if unmapped. */
  long probe(long address) {
    linear = address;
    access = Mmu.READ;
    user = false;
    smapLifted = true;
    probing = true;
    return walk();
  }

  private long walk() {
    if (!cpu.paging()) {
      return linear & 0xffffffffL;
    }
    if (cpu.longMode()) {
      if (linear << 16 >> 16 != linear) {
        if (probing) {
          return UNMAPPED;
        }
        throw cpu.nonCanonical();
      }
      return walkLong(cpu.cr3 & addressBits, 39, 4);
    }
    if ((cpu.cr4 & Cpu.CR4_PAE) != 0) {
      long entry = memory.read64((cpu.cr3 & 0xffffffe0L) + (linear >>> 30 & 3) * 8);
      if ((entry & P) == 0) {
        return fail(0);
      }
      return walkLong(entry & addressBits, 21, 2);
    }
    return walk32();
  }

  /** Tables of 512 entries of 8 bytes, from the one whose index starts at bit {@code shift}. */
  private long walkLong(long table, int topShift, int levels) {
    long rights = RW | US;
    boolean nx = false;
    int shift = topShift;
    long at = table;
    for (int level = levels; ; level--, shift -= 9) {
      long slot = at + (linear >>> shift & 511) * 8;
      long entry = memory.read64(slot);
      if ((entry & P) == 0) {
        return fail(0);
      }
      boolean leaf = level == 1 || ((entry & PS) != 0 && level <= 3);
      if (reserved(entry, level, leaf, shift)) {
        return fail(PF_PRESENT | PF_RESERVED);
      }
      rights &= entry;
      nx |= (entry & NX) != 0;
      if (leaf) {
        if (!allowed(rights, nx)) {
          return fail(PF_PRESENT);
        }
        mark(slot, (int) entry, true);
        long offset = (1L << shift) - 1;
        kind =
            ((entry & G) != 0 && cpu.globalPages() ? Tlb.GLOBAL : 0) | (level > 1 ? Tlb.LARGE : 0);
        return (entry & addressBits & ~offset) | (linear & offset);
      }
      mark(slot, (int) entry, false);
      at = entry & addressBits;
    }
  }

  private boolean reserved(long entry, int level, boolean leaf, int shift) {
    if ((entry & reservedBits) != 0 || ((entry & NX) != 0 && !cpu.nxe())) {
      return true;
    }
    if (leaf && level > 1) {
      return (entry & (1L << shift) - 1 & ~0x1fffL) != 0;
    }
    return level == 4 && (entry & PS) != 0;
  }

  private long walk32() {
    long slot = (cpu.cr3 & 0xfffff000L) + (linear >>> 22 & 1023) * 4;
    int entry = memory.read32(slot);
    if ((entry & P) == 0) {
      return fail(0);
    }
    if ((entry & PS) != 0 && (cpu.cr4 & Cpu.CR4_PSE) != 0) {
      if ((entry & PSE_RESERVED) != 0) {
        return fail(PF_PRESENT | PF_RESERVED);
      }
      if (!allowed(entry, false)) {
        return fail(PF_PRESENT);
      }
      mark(slot, entry, true);
      kind = ((entry & G) != 0 && cpu.globalPages() ? Tlb.GLOBAL : 0) | Tlb.LARGE;
      long high = (long) (entry >> 13 & 0xff) << 32; // PSE-36
      return high | (entry & 0xffc00000L) | (linear & 0x3fffff);
    }
    long leafSlot = (entry & 0xfffff000L) + (linear >>> 12 & 1023) * 4;
    int leaf = memory.read32(leafSlot);
    if ((leaf & P) == 0) {
      return fail(0);
    }
    if (!allowed(entry & leaf, false)) {
      return fail(PF_PRESENT);
    }
    mark(slot, entry, false);
    mark(leafSlot, leaf, true);
    kind = (leaf & G) != 0 && cpu.globalPages() ? Tlb.GLOBAL : 0;
    return (leaf & 0xfffff000L) | (linear & 0xfff);
  }

  private boolean allowed(long rights, boolean nx) {
    if (probing) {
      return true;
    }
    boolean userPage = (rights & US) != 0;
    if (user && !userPage) {
      return false;
    }
    return switch (access) {
      case Mmu.EXECUTE -> !nx && (user || !userPage || (cpu.cr4 & Cpu.CR4_SMEP) == 0);
      case Mmu.WRITE ->
          smapAllows(userPage) && ((rights & RW) != 0 || (!user && (cpu.cr0 & Cpu.CR0_WP) == 0));
      default -> smapAllows(userPage);
    };
  }

  private boolean smapAllows(boolean userPage) {
    return user || !userPage || smapLifted || !cpu.smap();
  }

  private void mark(long slot, int entry, boolean leaf) {
    int want = A | (leaf && access == Mmu.WRITE ? D : 0);
    if ((entry & want) != want && !probing) {
      memory.or32(slot, want);
    }
  }

  private long fail(int code) {
    if (probing) {
      return UNMAPPED;
    }
    int errorCode = code;
    if (access == Mmu.WRITE) {
      errorCode |= PF_WRITE;
    }
    if (user) {
      errorCode |= PF_USER;
    }
    if (access == Mmu.EXECUTE && (cpu.nxe() || (cpu.cr4 & Cpu.CR4_SMEP) != 0)) {
      errorCode |= PF_FETCH;
    }
    cpu.cr2 = linear;
    throw cpu.fault(GuestFault.PF, errorCode);
  }
}
