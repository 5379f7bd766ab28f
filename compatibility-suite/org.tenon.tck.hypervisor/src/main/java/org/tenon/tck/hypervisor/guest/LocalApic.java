package org.tenon.tck.hypervisor.guest;

/** The processor's own interrupt controller (Intel SDM volume 3), in xAPIC mode. */
final class LocalApic {
  static final int BASE_MSR = 0x1b;

  private static final int ENABLED = 1 << 11;
  private static final int BOOTSTRAP = 1 << 8;
  private static final int ID = 0x20;
  private static final int VERSION = 0x30;
  private static final int TASK_PRIORITY = 0x80;
  private static final int PROCESSOR_PRIORITY = 0xa0;
  private static final int SPURIOUS = 0xf0;
  private static final int REQUESTED = 0x200;
  private static final int COMMAND = 0x300;
  private static final int COMMAND_HIGH = 0x310;
  private static final int TIMER = 0x320;
  private static final int LINT0 = 0x350;
  private static final int INITIAL_COUNT = 0x380;
  private static final int CURRENT_COUNT = 0x390;
  private static final int DIVIDE = 0x3e0;
  private static final int MASKED = 1 << 16;
  private static final int PERIODIC = 1 << 17;
  private static final int BY_16 = 3;
  private static final int SELF = 0x40000;
  private static final int TIMER_VECTOR = 0x50;
  private static final int SELF_VECTOR = 0x51;
  private static final int LOW_VECTOR = 0x35;

  private static long base;

  /** Timer ticks in 10 ms, at division by 16. */
  private static long tenMilliseconds;

  private LocalApic() {}

  private static int read(int register) {
    return Cpu.read32(base + register);
  }

  private static void write(int register, int value) {
    Cpu.write32(base + register, value);
  }

  static int id() {
    return read(ID) >>> 24;
  }

  static void probe() {
    long msr = Cpu.rdmsr(BASE_MSR);
    base = msr & 0xffffffffff000L;
    long enabled = msr & (ENABLED | BOOTSTRAP);
    Report.equal(40, enabled, ENABLED | BOOTSTRAP, "enabled, and bootstrap processor");
    Report.equal(40, id(), Cpu.cpuid(1, 0, Cpu.EBX) >>> 24, "local APIC ID, as CPUID has it");
    Report.within(41, read(VERSION) & 0xff, 0x10, 0x15, "version");
    Report.within(41, read(VERSION) >>> 16 & 0xff, 3, 6, "its last local vector");
    write(SPURIOUS, 0x1ff);
    write(TASK_PRIORITY, 0);
    write(LINT0, MASKED);
    write(DIVIDE, BY_16);
    reset();
    count();
    oneShot();
    periodic();
    priority();
  }

  private static void reset() {
    write(TIMER, MASKED);
    Report.equal(42, read(TIMER), MASKED, "masked timer entry, read back");
    write(INITIAL_COUNT, 0);
    Report.equal(42, read(CURRENT_COUNT), 0, "count of a timer that is stopped");
  }

  private static void count() {
    write(INITIAL_COUNT, -1);
    long first = read(CURRENT_COUNT) & 0xffffffffL;
    Time.pass(10);
    long second = read(CURRENT_COUNT) & 0xffffffffL;
    tenMilliseconds = first - second;
    Report.check(42, tenMilliseconds > 0, "the timer counts down");
    write(INITIAL_COUNT, 0);
  }

  private static void oneShot() {
    write(TIMER, TIMER_VECTOR);
    Interrupts.forget(TIMER_VECTOR);
    write(INITIAL_COUNT, (int) tenMilliseconds);
    Report.check(43, Interrupts.await(TIMER_VECTOR, 1, 500), "one shot interrupts");
    Interrupts.isSilent(TIMER_VECTOR, 25);
    Report.equal(43, Interrupts.count(TIMER_VECTOR), 1, "interrupts of one shot");
    Report.equal(43, read(CURRENT_COUNT), 0, "count when it is over");
    write(TIMER, TIMER_VECTOR | MASKED);
    write(INITIAL_COUNT, (int) tenMilliseconds / 8);
    Report.check(43, Interrupts.isSilent(TIMER_VECTOR, 5), "a masked timer is silent");
  }

  private static void periodic() {
    write(TIMER, TIMER_VECTOR | PERIODIC);
    Interrupts.forget(TIMER_VECTOR);
    write(INITIAL_COUNT, (int) tenMilliseconds / 4);
    boolean repeats = Interrupts.await(TIMER_VECTOR, 5, 1000);
    Report.check(44, repeats, "a periodic timer interrupts again and again");
    if (repeats) {
      long before = Interrupts.count(TIMER_VECTOR);
      Cpu.waitForInterrupt();
      Report.check(14, Interrupts.count(TIMER_VECTOR) > before, "an interrupt ends HLT");
    } else {
      Report.check(14, false, "no interrupt to end HLT");
    }
    write(INITIAL_COUNT, 0);
    Interrupts.letIn();
    Report.check(44, Interrupts.isSilent(TIMER_VECTOR, 5), "initial count 0 stops it");
    write(TIMER, MASKED);
  }

  private static void priority() {
    Interrupts.forget(SELF_VECTOR);
    write(COMMAND_HIGH, 0);
    write(COMMAND, SELF | SELF_VECTOR);
    Report.check(45, Interrupts.await(SELF_VECTOR, 1, 100), "an interrupt to oneself arrives");
    Interrupts.forget(LOW_VECTOR);
    write(TASK_PRIORITY, 0x40);
    Report.equal(46, read(PROCESSOR_PRIORITY), 0x40, "processor priority");
    write(COMMAND, SELF | LOW_VECTOR);
    Report.check(46, Interrupts.isSilent(LOW_VECTOR, 2), "below the task priority nothing arrives");
    int requested = read(REQUESTED + 0x10 * (LOW_VECTOR / 32)) >>> LOW_VECTOR % 32 & 1;
    Report.equal(46, requested, 1, "it stays requested");
    write(TASK_PRIORITY, 0);
    boolean arrives = Interrupts.await(LOW_VECTOR, 1, 100);
    Report.check(46, arrives, "and arrives when the priority falls");
  }

  /** Lets the 8259 pair through, or not. */
  static void connectLegacy(boolean through) {
    write(LINT0, through ? 0x700 : MASKED);
  }
}
