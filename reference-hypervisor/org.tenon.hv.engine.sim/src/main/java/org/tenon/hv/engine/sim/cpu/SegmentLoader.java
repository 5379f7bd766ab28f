package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.sim.decode.Insn;

/** Loads segment registers from selectors, with all checks (Intel SDM vol. 3, 5.4 to 5.8). */
public final class SegmentLoader {
  private final Cpu cpu;

  SegmentLoader(Cpu cpu) {
    this.cpu = cpu;
  }

  /** A descriptor of 8 bytes as read from a table. */
  record Descriptor(long raw, long address) {
    int attributes() {
      return (int) (raw >>> 40) & 0xf0ff;
    }

    int type() {
      return (int) (raw >>> 40) & 15;
    }

    boolean system() {
      return (attributes() & Segments.NOT_SYSTEM) == 0;
    }

    boolean present() {
      return (attributes() & Segments.PRESENT) != 0;
    }

    int dpl() {
      return Segments.dpl(attributes());
    }

    boolean code() {
      return !system() && (attributes() & Segments.CODE) != 0;
    }

    boolean conforming() {
      return (attributes() & Segments.EXPAND_DOWN) != 0;
    }

    boolean writableData() {
      return !system() && (attributes() & (Segments.CODE | Segments.WRITABLE)) == Segments.WRITABLE;
    }

    boolean readable() {
      return !code() || (attributes() & Segments.WRITABLE) != 0;
    }

    long base() {
      return (raw >>> 16 & 0xffffff) | (raw >>> 56) << 24;
    }

    int limit() {
      int limit = (int) ((raw & 0xffff) | (raw >>> 32 & 0xf0000));
      return (attributes() & Segments.GRANULARITY) != 0 ? limit << 12 | 0xfff : limit;
    }
  }

  static int errorCode(int selector) {
    return selector & 0xfffc;
  }

  static boolean isNull(int selector) {
    return (selector & 0xfffc) == 0;
  }

  /** Whether a selector lies within its table. */
  boolean inTable(int selector, int size) {
    int last = (selector & 0xfff8) + size - 1;
    return (selector & 4) != 0
        ? last <= (cpu.segments.limit[Segments.LDTR] & 0xffffffffL)
            && cpu.segments.attributes[Segments.LDTR] != 0
        : last <= cpu.gdtLimit;
  }

  /** Reads a descriptor; a selector outside the table raises {@code vector}. */
  Descriptor read(int selector, int vector) {
    if (!inTable(selector, 8)) {
      throw cpu.fault(vector, errorCode(selector));
    }
    long table = (selector & 4) != 0 ? cpu.segments.base[Segments.LDTR] : cpu.gdtBase;
    long address = table + (selector & 0xfff8);
    return new Descriptor(loadSystem(address), address);
  }

  /** Reads 8 bytes with a supervisor's rights. */
  public long loadSystem(long address) {
    cpu.mmu.selectSupervisor();
    try {
      return cpu.mmu.load64(address);
    } finally {
      cpu.mmu.select();
    }
  }

  void storeSystem16(long address, int value) {
    cpu.mmu.selectSupervisor();
    try {
      cpu.mmu.store16(address, value);
    } finally {
      cpu.mmu.select();
    }
  }

  private void storeSystem8(long address, long value) {
    cpu.mmu.selectSupervisor();
    try {
      cpu.mmu.store8(address, value);
    } finally {
      cpu.mmu.select();
    }
  }

  void setType(Descriptor descriptor, int type) {
    if (descriptor.type() != type) {
      storeSystem8(descriptor.address() + 5, (descriptor.attributes() & 0xf0) | type);
    }
  }

  /** MOV, POP and LxS to a data segment or stack segment register. */
  public void loadData(int segment, int selector) {
    loadData(segment, selector, GuestFault.GP);
  }

  /** The same; what is wrong with the selector raises {@code vector}. */
  void loadData(int segment, int selector, int vector) {
    if (!cpu.protectedMode()) {
      cpu.segments.set(
          segment,
          selector,
          (long) selector << 4,
          cpu.segments.limit[segment],
          cpu.segments.attributes[segment]);
      return;
    }
    if (segment == Insn.SS) {
      loadStack(selector, cpu.cpl(), vector);
      return;
    }
    if (isNull(selector)) {
      cpu.segments.set(segment, selector, 0, 0, 0);
      return;
    }
    Descriptor d = read(selector, vector);
    boolean outer = d.dpl() < Math.max(cpu.cpl(), selector & 3);
    if (d.system() || !d.readable() || (outer && !(d.code() && d.conforming()))) {
      throw cpu.fault(vector, errorCode(selector));
    }
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, errorCode(selector));
    }
    setType(d, d.type() | Segments.ACCESSED);
    fill(segment, selector, d);
  }

  /** ES, CS, SS, DS, FS and GS of virtual-8086 mode. */
  void loadVirtual8086(int[] selectors) {
    for (int k = 0; k < selectors.length; k++) {
      cpu.segments.set(k, selectors[k], (long) selectors[k] << 4, 0xffff, 0xf3);
    }
    cpu.setCpl(3);
    cpu.updateMode();
  }

  /** Loads SS for a privilege level. */
  void loadStack(int selector, int privilege, int vector) {
    if (isNull(selector)) {
      if (!cpu.code64() || privilege == 3 || (selector & 3) != privilege) {
        throw cpu.fault(vector, 0);
      }
      cpu.segments.set(Insn.SS, selector, 0, 0, privilege << 5);
      return;
    }
    Descriptor d = checkStack(selector, privilege, vector);
    fillStack(selector, d);
  }

  Descriptor checkStack(int selector, int privilege, int vector) {
    Descriptor d = read(selector, vector);
    if ((selector & 3) != privilege || d.dpl() != privilege || !d.writableData()) {
      throw cpu.fault(vector, errorCode(selector));
    }
    if (!d.present()) {
      throw cpu.fault(GuestFault.SS, errorCode(selector));
    }
    return d;
  }

  void fillStack(int selector, Descriptor d) {
    setType(d, d.type() | Segments.ACCESSED);
    fill(Insn.SS, selector, d);
  }

  private void fill(int segment, int selector, Descriptor d) {
    cpu.segments.set(segment, selector, d.base(), d.limit(), d.attributes() | Segments.ACCESSED);
  }

  /** Checks a code segment descriptor for 64-bit and 32-bit at once and for presence. */
  void checkCode(int selector, Descriptor d) {
    boolean both =
        cpu.longMode()
            && (d.attributes() & Segments.LONG) != 0
            && (d.attributes() & Segments.BIG) != 0;
    if (!d.code() || both) {
      throw cpu.fault(GuestFault.GP, errorCode(selector));
    }
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, errorCode(selector));
    }
  }

  /** Loads CS from a checked descriptor and changes to its privilege. */
  void fillCode(int selector, Descriptor d, int privilege) {
    setType(d, d.type() | Segments.ACCESSED);
    fill(Insn.CS, (selector & ~3) | privilege, d);
    cpu.setCpl(privilege);
    cpu.updateMode();
  }

  /**
   * CS and SS as SYSCALL, SYSENTER and their returns set them: flat, without reading a descriptor.
   */
  public void fillFlat(int codeSelector, int stackSelector, int privilege, boolean code64) {
    int dpl = privilege << 5;
    cpu.segments.set(
        Insn.CS, (codeSelector & 0xfffc) | privilege, 0, -1, (code64 ? 0xa09b : 0xc09b) | dpl);
    cpu.segments.set(Insn.SS, (stackSelector & 0xfffc) | privilege, 0, -1, 0xc093 | dpl);
    cpu.setCpl(privilege);
    cpu.updateMode();
  }

  /** Drops data segments that an outer privilege level may not use (after a return to it). */
  void dropPrivilegedData() {
    for (int segment : new int[] {Insn.ES, Insn.DS, Insn.FS, Insn.GS}) {
      int a = cpu.segments.attributes[segment];
      boolean conforming =
          (a & (Segments.CODE | Segments.EXPAND_DOWN)) == (Segments.CODE | Segments.EXPAND_DOWN);
      if (a != 0 && !conforming && Segments.dpl(a) < cpu.cpl()) {
        cpu.segments.set(segment, 0, 0, 0, 0);
      }
    }
  }

  /** LLDT. */
  public void loadLdt(int selector) {
    if (isNull(selector)) {
      cpu.segments.set(Segments.LDTR, selector, 0, 0, 0);
      return;
    }
    Descriptor d = systemDescriptor(selector);
    if (!d.system() || d.type() != 2) {
      throw cpu.fault(GuestFault.GP, errorCode(selector));
    }
    loadSystemSegment(Segments.LDTR, selector, d, 2);
  }

  /** LTR. */
  public void loadTask(int selector) {
    if (isNull(selector)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    Descriptor d = systemDescriptor(selector);
    boolean available = d.type() == 9 || (d.type() == 1 && !cpu.longMode());
    if (!d.system() || !available) {
      throw cpu.fault(GuestFault.GP, errorCode(selector));
    }
    loadSystemSegment(Segments.TR, selector, d, d.type() | 2);
  }

  private Descriptor systemDescriptor(int selector) {
    if ((selector & 4) != 0) {
      throw cpu.fault(GuestFault.GP, errorCode(selector));
    }
    return read(selector, GuestFault.GP);
  }

  private void loadSystemSegment(int segment, int selector, Descriptor d, int type) {
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, errorCode(selector));
    }
    long base = d.base();
    if (cpu.longMode()) {
      if (!inTable(selector, 16)) {
        throw cpu.fault(GuestFault.GP, errorCode(selector));
      }
      base |= loadSystem(d.address() + 8) << 32;
      if (base << 16 >> 16 != base) {
        throw cpu.fault(GuestFault.GP, errorCode(selector));
      }
    }
    setType(d, type);
    cpu.segments.set(segment, selector, base, d.limit(), (d.attributes() & ~15) | type);
  }

  /**
   * LAR, LSL, VERR and VERW: the descriptor if the selector is one that the current privilege may
   * inspect, by the rules of each instruction.
   *
   * @param what 0 LAR, 1 LSL, 2 VERR, 3 VERW
   * @return attributes (LAR, in their places in the second doubleword), limit (LSL), 1 (VERR,
   *     VERW), or -1
   */
  public long inspect(int selector, int what) {
    if (isNull(selector) || !inTable(selector, 8)) {
      return -1;
    }
    Descriptor d = read(selector, GuestFault.GP);
    boolean visible = (d.code() && d.conforming()) || d.dpl() >= Math.max(cpu.cpl(), selector & 3);
    boolean valid =
        switch (what) {
          case 0 -> !d.system() || larType(d.type());
          case 1 -> !d.system() || lslType(d.type());
          case 2 -> !d.system() && d.readable();
          default -> d.writableData();
        };
    if (!visible || !valid) {
      return -1;
    }
    return switch (what) {
      case 0 -> d.raw() >>> 32 & 0xf0ff00; // the limit's bits are undefined
      case 1 -> d.limit() & 0xffffffffL;
      default -> 1;
    };
  }

  private boolean larType(int type) {
    return switch (type) {
      case 1, 3, 4, 5 -> !cpu.longMode();
      case 2, 9, 11, 12 -> true;
      default -> false;
    };
  }

  private boolean lslType(int type) {
    return switch (type) {
      case 1, 3 -> !cpu.longMode();
      case 2, 9, 11 -> true;
      default -> false;
    };
  }
}
