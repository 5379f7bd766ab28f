package org.tenon.tck.hypervisor.guest;

/** The serial port, the clock and the 8259 pair. */
final class Legacy {
  private static final int COM1 = 0x3f8;
  private static final int CMOS = 0x70;
  private static final int MASTER = 0x20;
  private static final int SLAVE = 0xa0;
  private static final int LOOP = 0x10;
  private static final int TIMER_VECTOR = 0x20;

  private Legacy() {}

  static void serialPort() {
    Cpu.out8(COM1 + 7, 0x5a);
    int first = Cpu.in8(COM1 + 7);
    Cpu.out8(COM1 + 7, 0xa5);
    Report.equal(30, first << 8 | Cpu.in8(COM1 + 7), 0x5aa5, "scratch register, twice");
    int lineControl = Cpu.in8(COM1 + 3);
    Cpu.out8(COM1 + 3, lineControl | 0x80);
    int divisor = Cpu.in8(COM1);
    Cpu.out8(COM1, 0x17);
    int written = Cpu.in8(COM1);
    Cpu.out8(COM1, divisor);
    Cpu.out8(COM1 + 3, lineControl);
    Report.equal(30, written, 0x17, "divisor latch");
    int modemControl = Cpu.in8(COM1 + 4);
    Cpu.out8(COM1 + 4, LOOP | 0x0a);
    int status = Cpu.in8(COM1 + 6) & 0xf0;
    Cpu.out8(COM1, 0x42);
    Time.allow(50);
    while ((Cpu.in8(COM1 + 5) & 1) == 0 && !Time.isOver()) {
      Cpu.pause();
    }
    int received = Cpu.in8(COM1);
    Cpu.out8(COM1 + 4, modemControl);
    Report.equal(31, status, 0x90, "modem status in loopback: RTS to CTS, OUT2 to DCD");
    Report.equal(31, received, 0x42, "what was sent, received in loopback");
  }

  private static int cmos(int register) {
    Cpu.out8(CMOS, register);
    return Cpu.in8(CMOS + 1);
  }

  private static int binary(int value, boolean isBinary) {
    return isBinary ? value : (value >>> 4) * 10 + (value & 15);
  }

  static void clock() {
    Report.equal(35, cmos(0x0d) & 0x80, 0x80, "the clock's time is valid");
    Time.allow(100);
    while ((cmos(0x0a) & 0x80) != 0 && !Time.isOver()) {
      Cpu.pause();
    }
    boolean isBinary = (cmos(0x0b) & 4) != 0;
    Report.within(35, binary(cmos(0), isBinary), 0, 59, "seconds");
    Report.within(35, binary(cmos(2), isBinary), 0, 59, "minutes");
    Report.within(35, binary(cmos(7), isBinary), 1, 31, "day");
    Report.within(35, binary(cmos(8), isBinary), 1, 12, "month");
  }

  /** The pair at vectors 20H to 2FH, everything masked. */
  static void initializePics() {
    Cpu.out8(MASTER, 0x11);
    Cpu.out8(MASTER + 1, 0x20);
    Cpu.out8(MASTER + 1, 4);
    Cpu.out8(MASTER + 1, 1);
    Cpu.out8(SLAVE, 0x11);
    Cpu.out8(SLAVE + 1, 0x28);
    Cpu.out8(SLAVE + 1, 2);
    Cpu.out8(SLAVE + 1, 1);
    Cpu.out8(MASTER + 1, 0xff);
    Cpu.out8(SLAVE + 1, 0xff);
  }

  static void pics() {
    Cpu.out8(MASTER + 1, 0xa5);
    Cpu.out8(SLAVE + 1, 0x5a);
    int masks = Cpu.in8(MASTER + 1) << 8 | Cpu.in8(SLAVE + 1);
    Cpu.out8(MASTER + 1, 0xff);
    Cpu.out8(SLAVE + 1, 0xff);
    Report.equal(36, masks, 0xa55a, "interrupt masks, read back");
    Interrupts.forget(TIMER_VECTOR);
    Pit.tickEvery(1000);
    Report.check(37, Interrupts.isSilent(TIMER_VECTOR, 5), "a masked request is silent");
    Cpu.out8(MASTER, 0x0a);
    Report.equal(36, Cpu.in8(MASTER) & 1, 1, "but stands in the request register");
    LocalApic.connectLegacy(true);
    Cpu.out8(MASTER + 1, 0xfe);
    boolean ticks = Interrupts.await(TIMER_VECTOR, 3, 500);
    Cpu.out8(MASTER + 1, 0xff);
    Interrupts.letIn();
    LocalApic.connectLegacy(false);
    Pit.stop();
    Report.check(37, ticks, "the timer's interrupts come through LINT0");
  }
}
