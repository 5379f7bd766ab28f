package org.tenon.tck.hypervisor.guest;

/** The 8254 interval timer. */
final class Pit {
  private static final int HERTZ = 1_193_182;
  private static final int CHANNEL_0 = 0x40;
  private static final int CHANNEL_2 = 0x42;
  private static final int COMMAND = 0x43;
  private static final int SPEAKER = 0x61;
  private static final int OUTPUT_2 = 0x20;
  private static final int TRIALS = 5;

  private static long sampleTime;
  private static int sampleCount;

  private Pit() {}

  /** Channel 0 as rate generator. */
  static void tickEvery(int microseconds) {
    int count = (int) ((long) HERTZ * microseconds / 1_000_000);
    Cpu.out8(COMMAND, 0x34);
    Cpu.out8(CHANNEL_0, count & 0xff);
    Cpu.out8(CHANNEL_0, count >>> 8);
  }

  /** Channel 0 waits for a count that never comes. */
  static void stop() {
    Cpu.out8(COMMAND, 0x30);
  }

  /** Channel 2 counts down once, from a count. */
  private static void startChannel2(int count) {
    Cpu.out8(SPEAKER, Cpu.in8(SPEAKER) & 0xfc);
    Cpu.out8(COMMAND, 0xb0);
    Cpu.out8(CHANNEL_2, count & 0xff);
    Cpu.out8(CHANNEL_2, count >>> 8);
    Cpu.out8(SPEAKER, Cpu.in8(SPEAKER) & 0xfc | 1);
  }

  private static int latched() {
    Cpu.out8(COMMAND, 0x80);
    return Cpu.in8(CHANNEL_2) | Cpu.in8(CHANNEL_2) << 8;
  }

  static void probe() {
    latch();
    outputs();
    long percent = percentOfTimer();
    Report.within(28, percent, 97, 103, "PM timer's rate, percent of what channel 2 says");
    readBack();
  }

  /** Another try, since a virtual processor may stand still until the counter has wrapped. */
  private static void latch() {
    boolean counts = false;
    boolean stands = false;
    for (int trial = 0; trial < TRIALS && !(counts && stands); trial++) {
      startChannel2(0xffff);
      int first = latched();
      Cpu.out8(COMMAND, 0x80);
      int low = Cpu.in8(CHANNEL_2);
      Time.pass(1);
      int second = low | Cpu.in8(CHANNEL_2) << 8;
      int third = latched();
      counts = first >= second && second > third;
      stands = first - second < second - third;
    }
    Report.check(32, counts, "channel 2 counts down");
    Report.check(32, stands, "a latched count stands still");
  }

  private static void outputs() {
    int counting = OUTPUT_2;
    for (int trial = 0; trial < TRIALS && counting != 0; trial++) {
      startChannel2(0xffff);
      counting = Cpu.in8(SPEAKER) & OUTPUT_2;
    }
    Report.equal(33, counting, 0, "output while mode 0 counts");
    Time.allow(500);
    while ((Cpu.in8(SPEAKER) & OUTPUT_2) == 0 && !Time.isOver()) {
      Cpu.pause();
    }
    Report.equal(33, Cpu.in8(SPEAKER) & OUTPUT_2, OUTPUT_2, "output when the count is over");
  }

  /**
   * Over some milliseconds, but less than the counter takes around; 0 where that never succeeds.
   */
  private static long percentOfTimer() {
    for (int trial = 0; trial < 4 * TRIALS; trial++) {
      startChannel2(0xffff);
      boolean isClose = sample();
      long start = sampleTime;
      int first = sampleCount;
      Time.pass(10);
      isClose &= sample();
      long ticks = sampleTime - start;
      if (isClose && ticks < Time.HERTZ / 25 && sampleCount < first) {
        return ticks * 100 / ((first - sampleCount) * 3L);
      }
    }
    return 0;
  }

  /** Reads timer and counter; whether that took less than 100 microseconds. */
  private static boolean sample() {
    for (int trial = 0; trial < 10 * TRIALS; trial++) {
      sampleTime = Time.now();
      sampleCount = latched();
      if (Time.now() - sampleTime < Time.HERTZ / 10_000) {
        return true;
      }
    }
    return false;
  }

  private static void readBack() {
    Cpu.out8(COMMAND, 0xb6);
    Cpu.out8(COMMAND, 0xe8);
    Report.equal(34, Cpu.in8(CHANNEL_2) & 0x3f, 0x36, "status of channel 2: both bytes, mode 3");
  }
}
