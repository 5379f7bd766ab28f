package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.ffi.HostMemory;

/**
 * Linear memory of one processor: software TLBs in front of the page walk, RAM, ROM, MMIO and
 * translated code.
 */
public final class Mmu {
  public static final int READ = 0;
  public static final int WRITE = 1;
  public static final int EXECUTE = 2;

  private static final long PAGE = ~0xfffL;
  private static final int MASK = Tlb.ENTRIES - 1;

  private final Cpu cpu;
  private final PhysicalMemory memory;
  private final PageWalker walker;

  /**
   * For privilege 0 to 2, for the same with SMAP lifted by RFLAGS.AC, for privilege 3, for the same
   * with alignment checks. The last never holds data translations, so that every access comes by
   * the slow path, which checks.
   */
  private final Tlb[] tlbs = {new Tlb(), new Tlb(), new Tlb(), new Tlb()};

  private final CodeOverwritten codeOverwritten = new CodeOverwritten();
  private Tlb tlb = tlbs[0];
  private long[] read = tlb.read;
  private long[] write = tlb.write;
  private long[] execute = tlb.execute;

  Mmu(Cpu cpu, PhysicalMemory memory) {
    this.cpu = cpu;
    this.memory = memory;
    this.walker = new PageWalker(cpu, memory);
  }

  /** Chooses the translations of the current privilege. */
  void select() {
    boolean ac = cpu.flags.has(Flags.AC);
    use(tlbs[cpu.cpl() == 3 ? ac && cpu.alignmentMask() ? 3 : 2 : ac && cpu.smap() ? 1 : 0]);
  }

  /** Chooses a supervisor's translations, whatever the privilege; {@link #select()} ends it. */
  void selectSupervisor() {
    use(tlbs[0]);
  }

  private void use(Tlb which) {
    tlb = which;
    read = which.read;
    write = which.write;
    execute = which.execute;
  }

  private boolean user() {
    return tlb == tlbs[2] || tlb == tlbs[3];
  }

  private boolean checksAlignment() {
    return tlb == tlbs[3];
  }

  private void align(long a, int size) {
    if (checksAlignment() && (a & size - 1) != 0) {
      translate(a, READ); // a page fault comes first
      throw cpu.fault(GuestFault.AC, 0);
    }
  }

  private boolean smapLifted() {
    return tlb == tlbs[1];
  }

  /** Forgets every translation. */
  public void flush() {
    for (Tlb each : tlbs) {
      each.flush();
    }
  }

  /** Forgets what a CR3 load forgets. */
  public void flushNonGlobal() {
    for (Tlb each : tlbs) {
      each.flushNonGlobal();
    }
  }

  /** INVLPG. */
  public void flushPage(long linear) {
    for (Tlb each : tlbs) {
      each.flushPage(linear);
    }
  }

  /**
   * A page has got its first translated code: stores to it must come by the slow path from now on.
   */
  public void flushWritesTo(long physical) {
    long host = memory.host(physical & PAGE);
    for (Tlb each : tlbs) {
      each.flushWritesTo(host);
    }
  }

  public long load8(long a) {
    long[] t = read;
    int k = ((int) (a >>> 12) & MASK) << 1;
    return t[k] == (a & PAGE) ? HostMemory.get8(a + t[k + 1]) : loadSlow(a, 1);
  }

  public long load16(long a) {
    long[] t = read;
    int k = ((int) (a >>> 12) & MASK) << 1;
    return t[k] == (a + 1 & PAGE) ? HostMemory.get16(a + t[k + 1]) : loadSlow(a, 2);
  }

  public long load32(long a) {
    long[] t = read;
    int k = ((int) (a >>> 12) & MASK) << 1;
    return t[k] == (a + 3 & PAGE) ? HostMemory.get32(a + t[k + 1]) : loadSlow(a, 4);
  }

  public long load64(long a) {
    long[] t = read;
    int k = ((int) (a >>> 12) & MASK) << 1;
    return t[k] == (a + 7 & PAGE) ? HostMemory.get64(a + t[k + 1]) : loadSlow(a, 8);
  }

  public void store8(long a, long v) {
    long[] t = write;
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (t[k] == (a & PAGE)) {
      HostMemory.put8(a + t[k + 1], v);
    } else {
      storeSlow(a, 1, v);
    }
  }

  public void store16(long a, long v) {
    long[] t = write;
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (t[k] == (a + 1 & PAGE)) {
      HostMemory.put16(a + t[k + 1], v);
    } else {
      storeSlow(a, 2, v);
    }
  }

  public void store32(long a, long v) {
    long[] t = write;
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (t[k] == (a + 3 & PAGE)) {
      HostMemory.put32(a + t[k + 1], v);
    } else {
      storeSlow(a, 4, v);
    }
  }

  public void store64(long a, long v) {
    long[] t = write;
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (t[k] == (a + 7 & PAGE)) {
      HostMemory.put64(a + t[k + 1], v);
    } else {
      storeSlow(a, 8, v);
    }
  }

  /** Zero-extended load of 1, 2, 4 or 8 bytes. */
  public long load(long a, int size) {
    return switch (size) {
      case 1 -> load8(a);
      case 2 -> load16(a);
      case 4 -> load32(a);
      default -> load64(a);
    };
  }

  /** Store of 1, 2, 4 or 8 bytes. */
  public void store(long a, int size, long v) {
    switch (size) {
      case 1 -> store8(a, v);
      case 2 -> store16(a, v);
      case 4 -> store32(a, v);
      default -> store64(a, v);
    }
  }

  /** Loads what will be written back: faults as a write does. */
  public long loadForWrite(long a, int size) {
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (write[k] != (a + size - 1 & PAGE)) {
      checkWrite(a, size);
    }
    return load(a, size);
  }

  /** Faults if a write of these bytes would. */
  public void checkWrite(long a, int size) {
    check(a, size, WRITE);
  }

  /** Faults if a read of these bytes would. */
  public void checkRead(long a, int size) {
    check(a, size, READ);
  }

  private void check(long a, int size, int access) {
    translate(a, access);
    if (((a ^ a + size - 1) & PAGE) != 0) {
      translate(cpu.wrapLinear(a + size - 1) & PAGE, access);
    }
  }

  private long loadSlow(long a, int size) {
    align(a, size);
    if (((a ^ a + size - 1) & PAGE) != 0) {
      return loadAcross(a, size);
    }
    long physical = translate(a, READ);
    long host = memory.host(physical);
    if (host == PhysicalMemory.NONE) {
      return cpu.devices.read(VcpuExit.Reason.MMIO_READ, physical, size);
    }
    if (cpu.debug.watchesPage(a)) {
      cpu.debug.accessed(a, size, false);
    } else if (!checksAlignment()) {
      tlb.fill(read, a, (host & PAGE) - (a & PAGE), walker.kind());
    }
    return switch (size) {
      case 1 -> HostMemory.get8(host);
      case 2 -> HostMemory.get16(host);
      case 4 -> HostMemory.get32(host);
      default -> HostMemory.get64(host);
    };
  }

  private long loadAcross(long a, int size) {
    long value = 0;
    for (int k = 0; k < size; k++) {
      value |= load8(cpu.wrapLinear(a + k)) << (8 * k);
    }
    return value;
  }

  private void storeSlow(long a, int size, long v) {
    align(a, size);
    if (((a ^ a + size - 1) & PAGE) != 0) {
      checkWrite(a, size);
      requireNoCode(a, size);
      for (int k = 0; k < size; k++) {
        store8(cpu.wrapLinear(a + k), v >>> (8 * k));
      }
      return;
    }
    long physical = translate(a, WRITE);
    long host = memory.hostForWrite(physical);
    if (host == PhysicalMemory.NONE) {
      cpu.devices.write(VcpuExit.Reason.MMIO_WRITE, physical, size, v);
      return;
    }
    boolean watched = cpu.debug.watchesPage(a);
    if (watched) {
      cpu.debug.accessed(a, size, true);
    }
    if (memory.hasCode(physical)) {
      if (cpu.inRegion && memory.overlapsCode(physical, size)) {
        throw codeOverwritten;
      }
      memory.beforeWrite(physical, size);
    } else if (!watched && !checksAlignment()) {
      tlb.fill(write, a, (host & PAGE) - (a & PAGE), walker.kind());
    }
    switch (size) {
      case 1 -> HostMemory.put8(host, v);
      case 2 -> HostMemory.put16(host, v);
      case 4 -> HostMemory.put32(host, v);
      default -> HostMemory.put64(host, v);
    }
  }

  /** A store across pages must not stop between them. */
  private void requireNoCode(long a, int size) {
    if (cpu.inRegion) {
      long next = a + size - 1 & PAGE;
      int here = (int) (next - a);
      if (memory.overlapsCode(translate(a, WRITE), here)
          || memory.overlapsCode(translate(cpu.wrapLinear(next), WRITE), size - here)) {
        throw codeOverwritten;
      }
    }
  }

  /**
   * Host address for bulk reads within the page of {@code a}, or {@link PhysicalMemory#NONE} if the
   * bytes are not plain RAM. Faults as a load does.
   */
  public long hostForRead(long a) {
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (read[k] == (a & PAGE)) {
      return a + read[k + 1];
    }
    long physical = translate(a, READ);
    return bulkAllowed(a) ? memory.host(physical) : PhysicalMemory.NONE;
  }

  /**
   * Host address for bulk writes within the page of {@code a}, or {@link PhysicalMemory#NONE} if
   * the bytes are not plain RAM or hold translated code. Faults as a store does.
   */
  public long hostForWrite(long a) {
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (write[k] == (a & PAGE)) {
      return a + write[k + 1];
    }
    long physical = translate(a, WRITE);
    return memory.hasCode(physical) || !bulkAllowed(a)
        ? PhysicalMemory.NONE
        : memory.hostForWrite(physical);
  }

  private boolean bulkAllowed(long a) {
    return !cpu.debug.watchesPage(a) && !checksAlignment();
  }

  /**
   * The physical address of an instruction byte.
   *
   * @throws GuestFault as a fetch does
   */
  public long fetch(long a) {
    long[] t = execute;
    int k = ((int) (a >>> 12) & MASK) << 1;
    if (t[k] == (a & PAGE)) {
      return a + t[k + 1];
    }
    long physical = translate(a, EXECUTE);
    tlb.fill(t, a, (physical & PAGE) - (a & PAGE), walker.kind());
    return physical;
  }

  /** The physical address of an instruction byte if its translation is cached, else -1. */
  public long cachedFetch(long a) {
    int k = ((int) (a >>> 12) & MASK) << 1;
    return execute[k] == (a & PAGE) ? a + execute[k + 1] : -1;
  }

  /** Changes with every translation that is forgotten, and with the privilege. */
  public long epoch() {
    return tlb.epoch();
  }

  private long translate(long a, int access) {
    return walker.translate(a, access, user(), smapLifted());
  }

  /** For debuggers: no fault, no side effect. -1 if unmapped. */
  public long probe(long linear) {
    return walker.probe(linear);
  }
}
