package org.tenon.tck.hypervisor.guest;

/** The state at the entry point, CPUID, exceptions and the time stamp counter. */
final class Processor {
  /** Attempts, as {@link Probe#group} tells them apart. */
  static final int FIRST_ATTEMPT = 100;

  private static final int DIVIDE = 100;
  private static final int UNDEFINED = 101;
  private static final int READ_UNMAPPED = 102;
  private static final int WRITE_UNMAPPED = 103;
  private static final int UNKNOWN_MSR = 104;
  private static final int NOT_CANONICAL = 105;
  private static final int EXECUTE = 106;
  private static final int WRITE_READ_ONLY = 107;

  private static final int START_INFO_MAGIC = 0x336ec578;
  private static final int MAP_ENTRY = 24;
  private static final int RAM = 1;

  /** FPU, TSC, MSR, PAE, CX8, APIC, CMOV, FXSR, SSE, SSE2: what x86-64 code takes for granted. */
  private static final int BASELINE =
      1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 15 | 1 << 24 | 1 << 25 | 1 << 26;

  private static final int EFER = 0xc0000080;
  private static final int NO_EXECUTE_ENABLE = 1 << 11;

  /** No processor has this one: between those of AMD's and those that follow them. */
  private static final int NO_MSR = 0xc001f0f0;

  /** An address that the page tables do not map, and the large page of the heap's window. */
  private static final long UNMAPPED = 0x7f_ffff_f000L;

  private static final long WINDOW = 0x7f_0000_0000L;

  private static long sampleTime;
  private static long sampleCount;

  private Processor() {}

  static void entry() {
    boolean flat = (Boot.cr0 & 0x80000001) == 1 && (Boot.flags & 0x20300) == 0;
    Report.check(1, flat, "entered in protected mode, no paging, IF, TF and VM clear");
    long info = Boot.startInfo & 0xffffffffL;
    Report.equal(2, Cpu.read32(info) & 0xffffffffL, START_INFO_MAGIC, "boot information's magic");
    Report.within(2, Cpu.read32(info + 4), 1, 0xff, "its version");
    memoryMap(Cpu.read64(info + 40), Cpu.read32(info + 48));
  }

  private static void memoryMap(long map, int count) {
    Report.within(3, count, 1, 1000, "entries of the memory map");
    int overlaps = 0;
    boolean covered = false;
    for (int i = 0; i < count; i++) {
      long base = base(map, i);
      for (int k = 0; k < i; k++) {
        if (base < end(map, k) && base(map, k) < end(map, i)) {
          overlaps++;
        }
      }
      covered |=
          Cpu.read32(map + (long) MAP_ENTRY * i + 16) == RAM
              && base <= 2 << 20
              && end(map, i) >= Cpu.imageEnd();
    }
    Report.equal(3, overlaps, 0, "ranges of the memory map that overlap");
    Report.check(3, covered, "the image lies in RAM");
  }

  private static long base(long map, int index) {
    return Cpu.read64(map + (long) MAP_ENTRY * index);
  }

  private static long end(long map, int index) {
    return base(map, index) + Cpu.read64(map + (long) MAP_ENTRY * index + 8);
  }

  static void identification() {
    int features = Cpu.cpuid(1, 0, Cpu.EDX);
    Report.equal(4, features & BASELINE, BASELINE, "features that x86-64 has");
    int extended = Cpu.cpuid(0x80000001, 0, Cpu.EDX);
    Report.check(4, (extended & 1 << 29) != 0, "long mode in CPUID");
    Report.check(4, Cpu.cpuid(0x80000000, 0, Cpu.EAX) >= 0x80000008, "extended leaves up to 8");
    int sizes = Cpu.cpuid(0x80000008, 0, Cpu.EAX);
    Report.within(5, sizes & 0xff, 32, 52, "physical address bits");
    Report.within(5, sizes >>> 8 & 0xff, 48, 57, "linear address bits");
    boolean marked = (Cpu.cpuid(1, 0, Cpu.ECX) & 1 << 31) != 0;
    Report.check(6, marked, "the hypervisor bit in CPUID");
    Report.equal(7, sum(), sum(), "CPUID, read twice");
  }

  /** Of the basic leaves' identifying registers. */
  private static int sum() {
    int sum = 0;
    for (int register = Cpu.EAX; register <= Cpu.EDX; register++) {
      sum = sum * 31 + Cpu.cpuid(0, 0, register);
      sum = sum * 31 + Cpu.cpuid(1, 0, register);
    }
    return sum;
  }

  static void exceptions() {
    expect(8, DIVIDE, 0, 0, "division by zero gives #DE");
    expect(8, UNDEFINED, 6, 0, "UD2 gives #UD");
    expect(9, READ_UNMAPPED, 14, 0, "a load from no page gives #PF");
    Report.equal(9, Traps.address, UNMAPPED, "CR2");
    expect(9, WRITE_UNMAPPED, 14, 2, "a store to no page gives #PF");
    Paging.map(WINDOW, 1);
    expect(9, WRITE_READ_ONLY, 14, 3, "a store to a read-only page gives #PF");
    expect(10, NOT_CANONICAL, 13, 0, "an address that is not canonical gives #GP");
    expect(11, UNKNOWN_MSR, 13, 0, "reading an MSR that is not there gives #GP");
    if ((Cpu.cpuid(0x80000001, 0, Cpu.EDX) & 1 << 20) == 0) {
      Report.absent(12, "no execute-disable");
    } else {
      Cpu.wrmsr(EFER, Cpu.rdmsr(EFER) | NO_EXECUTE_ENABLE);
      expect(12, EXECUTE, 14, 0x11, "executing a page that forbids it gives #PF");
    }
  }

  private static void expect(int clause, int attempt, int vector, int error, String what) {
    boolean trapped = Traps.attempt(attempt) != 0;
    if (!trapped) {
      Report.check(clause, false, what);
    } else if (Traps.vector != vector) {
      Report.equal(clause, Traps.vector, vector, what);
    } else {
      Report.equal(clause, Traps.error, error, what);
    }
  }

  static void attempt(int which) {
    switch (which) {
      case DIVIDE -> divide(Boot.cr0, Boot.cr0 & 0);
      case UNDEFINED -> Cpu.undefined();
      case READ_UNMAPPED -> Cpu.read8(UNMAPPED);
      case WRITE_UNMAPPED -> Cpu.write8(UNMAPPED, 0);
      case WRITE_READ_ONLY -> {
        Paging.setLargePage(WINDOW, 0x81);
        Cpu.write8(WINDOW, 0);
      }
      case UNKNOWN_MSR -> Cpu.rdmsr(NO_MSR);
      case NOT_CANONICAL -> Cpu.read8(0x8000_0000_0000_0000L);
      case EXECUTE -> {
        Paging.setLargePage(WINDOW, 0x83 | 1L << 63);
        Cpu.jump(WINDOW);
      }
      default -> {}
    }
  }

  private static int divide(int dividend, int divisor) {
    return dividend / divisor;
  }

  static void timeStampCounter() {
    int backwards = 0;
    long last = Cpu.rdtsc();
    for (int i = 0; i < 1000; i++) {
      long now = Cpu.rdtsc();
      if (now < last) {
        backwards++;
      }
      last = now;
    }
    Report.equal(13, backwards, 0, "steps backwards of the time stamp counter");
    long first = rate();
    long second = rate();
    long change = (second > first ? second - first : first - second) * 100 / (first + 1);
    Report.within(13, change, 0, 10, "change of its rate, percent");
  }

  /** Ticks in 1000 of the PM timer's, over 5 ms. */
  private static long rate() {
    sample();
    long time = sampleTime;
    long count = sampleCount;
    Time.pass(5);
    sample();
    return (sampleCount - count) * 1000 / (sampleTime - time + 1);
  }

  /** Reads timer and counter, within 50 microseconds: a processor may stand still in between. */
  private static void sample() {
    for (int trial = 0; trial < 50; trial++) {
      sampleTime = Time.now();
      sampleCount = Cpu.rdtsc();
      if (Time.now() - sampleTime < Time.HERTZ / 20_000) {
        return;
      }
    }
  }
}
